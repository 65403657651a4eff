package org.debugshop.systemtests.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.debugshop.testkit.Shop.PATIENCE;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.debugshop.systemtests.SharesTheSystem;
import org.debugshop.testkit.Engines;
import org.debugshop.testkit.Json;
import org.debugshop.testkit.Orders;
import org.debugshop.testkit.Payments;
import org.debugshop.testkit.Shop;
import org.junit.jupiter.api.Test;

/** Compares events in Kafka with the tables and examples of docs/events.md. */
@SharesTheSystem
class EventsContractIT {

    private static final String USER = "events-contract-it";

    private final Orders orders;
    private final Payments payments;
    private final Engines engines;

    EventsContractIT(Shop shop) {
        this.orders = new Orders(shop);
        this.payments = new Payments(shop);
        this.engines = new Engines(shop);
    }

    /**
     * A section of the page that describes an event.
     *
     * @param types the type of each field, by name
     * @param example the event in the section
     */
    private record Documented(Map<String, String> types, JsonNode example) {

        private static final Pattern ROW = Pattern.compile("^\\| (`[a-z_`, ]+`) \\| ([a-z, ]+) \\|", Pattern.MULTILINE);
        private static final Pattern EXAMPLE = Pattern.compile("^ {4}\\{.+?}$", Pattern.MULTILINE | Pattern.DOTALL);

        static Documented in(String heading) throws IOException {
            var page = Files.readString(Shop.thisCheckout().resolve("docs/events.md"));
            var section = page.split("\n## " + heading + "\n", 2)[1].split("\n## ", 2)[0];
            var types = new LinkedHashMap<String, String>();
            ROW.matcher(section).results().forEach(row -> {
                var names = row.group(1).replace("`", "").split(", ");
                // Several fields have one type, or each its own.
                var each = row.group(2).split(", ");
                for (var i = 0; i < names.length; i++) {
                    types.put(names[i], each[each.length == 1 ? 0 : i]);
                }
            });
            var example = EXAMPLE.matcher(section);
            assertThat(example.find()).as("an example of " + heading).isTrue();
            return new Documented(types, Json.tree(example.group()));
        }

        /** Checks the fields, their types, and what all events of this type have in common. */
        void describes(JsonNode event) {
            assertThat(event.fieldNames()).toIterable().containsExactlyInAnyOrderElementsOf(types.keySet());
            assertThat(example.fieldNames()).toIterable().containsExactlyInAnyOrderElementsOf(types.keySet());
            types.forEach((field, type) -> {
                assertThat(isA(type, event.path(field))).as("%s is a %s in %s", field, type, event).isTrue();
                assertThat(isA(type, example.path(field))).as("%s is a %s in %s", field, type, example).isTrue();
            });
            for (var fixed : List.of("version", "type")) {
                assertThat(event.path(fixed)).as(fixed).isEqualTo(example.path(fixed));
            }
            assertThat(UUID.fromString(event.path("event_id").asText())).isNotNull();
            assertThat(event.path("time").asText()).endsWith("Z")
                    .satisfies(time -> assertThat(Instant.parse(time)).isBefore(Instant.now()));
        }

        private static boolean isA(String type, JsonNode value) {
            return switch (type) {
                case "integer" -> value.isIntegralNumber();
                case "number" -> value.isNumber();
                case "string" -> value.isTextual();
                case "list" -> value.isArray() && !value.isEmpty();
                case "list of strings" -> value.isArray() && Arrays.stream(Json.one(value.toString(), Object[].class))
                        .allMatch(String.class::isInstance);
                default -> throw new AssertionError("docs/events.md has the unknown type " + type);
            };
        }
    }

    @Test
    void shouldAnnounceAnOrderAsDocumented() throws IOException {
        var order = place();

        var text = event("orders", order);

        var event = Json.tree(text);
        Documented.in("An order").describes(event);
        assertThat(event.path("order_id")).isEqualTo(order.path("order_id"));
        assertThat(event.path("user_id").asText()).isEqualTo(USER);
        assertThat(event.path("items").toString()).isEqualTo("[{\"product_id\":4,\"quantity\":1}]");
        assertThat(text).containsPattern("\"total\":\\d+\\.\\d\\d[,}]");
    }

    @Test
    void shouldAnnounceAPaymentAsDocumented() throws IOException {
        var order = place();
        var id = order.path("order_id").asText();
        var payment = payments.pay(USER, UUID.randomUUID().toString(), id, order.path("total").decimalValue());
        await("it is paid").atMost(PATIENCE).until(() -> orders.get(id).path("payment_status").asText().equals("paid"));

        var text = event("payments", order);

        var event = Json.tree(text);
        Documented.in("A payment").describes(event);
        assertThat(event.path("payment_id").asText()).isEqualTo(Payments.idIn(payment));
        assertThat(event.path("order_id").asText()).isEqualTo(id);
        assertThat(event.path("user_id").asText()).isEqualTo(USER);
        assertThat(event.path("currency")).isEqualTo(order.path("user_currency"));
        assertThat(text).containsPattern("\"amount\":\\d+\\.\\d\\d[,}]");
    }

    /** Places an order, and returns it when its event was processed. */
    private JsonNode place() {
        var answer = orders.place(UUID.randomUUID().toString(), Orders.body(USER, Map.of(4, 1)));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return await("its receipt").atMost(PATIENCE).until(() -> orders.get(Orders.idIn(answer)), order -> order.has("receipt"));
    }

    /** Returns the record of an order in a topic. */
    private String event(String topic, JsonNode order) {
        return engines.all(topic).stream().filter(record -> order.path("order_id").asText().equals(record.key())).findFirst().orElseThrow()
                .value();
    }
}
