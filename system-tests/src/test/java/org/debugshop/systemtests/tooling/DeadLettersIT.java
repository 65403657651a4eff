package org.debugshop.systemtests.tooling;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.debugshop.testkit.Service.INVENTORY;
import static org.debugshop.testkit.Shop.PATIENCE;

import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.debugshop.testkit.Engines;
import org.debugshop.testkit.Metrics;
import org.debugshop.testkit.OwnShop;
import org.debugshop.testkit.Shop;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code ./shop events} and {@code ./shop events replay}. */
@Tag("nightly")
class DeadLettersIT {

    private static final String GOOD = """
            {"version":2,"event_id":"%1$s","type":"order-placed","order_id":"%1$s","user_id":"u","time":"2026-01-01T00:00:00Z",
             "currency":"EUR","total":1.00,"items":[{"product_id":4,"quantity":2}],"reservations":[]}""";

    @Test
    void shouldListDeadLettersAndSendEachBackOnce() {
        try (var own = OwnShop.start("--only", "postgres,kafka,inventory")) {
            var shop = own.shop();
            var engines = new Engines(shop);
            assertThat(shop.run("events")).returns(0, Shop.Outcome::code).returns("There are no dead letters.\n", Shop.Outcome::out);

            engines.publish("orders", "poison", "no JSON");
            await("the event is put aside").atMost(PATIENCE).until(() -> engines.all("orders.dead").size() == 1);
            assertThat(Metrics.of(shop.url(INVENTORY)).sum("shop_dead_letters_total")).isEqualTo(1);
            var letter = engines.all("orders.dead").getFirst();
            assertThat(letter.headers()).extracting(header -> header.key()).contains("dead-letter-reason", "dead-letter-topic",
                    "dead-letter-partition", "dead-letter-offset", "dead-letter-group", "dead-letter-time",
                    "dead-letter-exception-class-name");
            // A valid order as a dead letter, as if an earlier version of inventory could not read it.
            var order = UUID.randomUUID().toString();
            publishDeadLetter(shop, "orders", "inventory", order, GOOD.formatted(order));
            publishDeadLetter(shop, "payments", "checkout-payments", "a-payment", "{}");

            await("both dead letters are counted").atMost(PATIENCE).until(() -> waiting(shop) == 2);
            var list = shop.run("events");
            assertThat(list).returns(0, Shop.Outcome::code);
            assertThat(list.out()).contains("orders, partition", "group inventory, key poison", "The event is not a JSON object",
                    "key " + order, "An earlier version", "group checkout-payments, key a-payment", "3 dead letters wait.");
            assertThat(shop.run("events", "replay", "--dry-run").out()).contains("3 dead letters would be sent back");
            assertThat(sold(engines, order)).isZero();

            assertThat(shop.run("events", "replay")).returns(0, Shop.Outcome::code).extracting(Shop.Outcome::out).asString()
                    .contains("3 dead letters were sent back to their topics.");

            await("the order's stock is sold").atMost(PATIENCE).until(() -> sold(engines, order) == 2);
            await("the unreadable event is put aside again").atMost(PATIENCE).until(() -> engines.all("orders.dead").size() == 3);
            assertThat(engines.all("orders")).filteredOn(record -> record.key().equals(order)).singleElement().satisfies(replayed -> {
                assertThat(new String(replayed.headers().lastHeader("replay-group").value(), UTF_8)).isEqualTo("inventory");
                assertThat(replayed.headers()).noneMatch(header -> header.key().startsWith("dead-letter-"));
            });
            assertThat(engines.all("payments")).singleElement().satisfies(replayed -> {
                assertThat(replayed.key()).isEqualTo("a-payment");
                assertThat(new String(replayed.headers().lastHeader("replay-group").value(), UTF_8)).isEqualTo("checkout-payments");
            });
            await("one dead letter is left").atMost(PATIENCE).until(() -> waiting(shop) == 1);
            assertThat(shop.run("events").out()).contains("1 dead letter waits.").doesNotContain(order);
            assertThat(shop.run("events", "replay").out()).contains("1 dead letter was sent back to its topic.");
            assertThat(sold(engines, order)).isEqualTo(2);

            assertThat(shop.run("stop", "kafka").code()).isZero();
            assertThat(shop.run("events")).returns(1, Shop.Outcome::code).extracting(Shop.Outcome::err).asString()
                    .contains("Kafka does not run in this instance", "./shop start kafka --port-offset " + shop.offset());
        }
    }

    private static double waiting(Shop shop) {
        return Metrics.of(shop.url(INVENTORY)).sum("shop_dead_letters_waiting");
    }

    private static void publishDeadLetter(Shop shop, String topic, String group, String key, String value) {
        var letter = new ProducerRecord<>(topic + ".dead", key, value);
        Map.of("dead-letter-reason", "An earlier version did not understand it", "dead-letter-topic", topic, "dead-letter-group",
                group).forEach((name, text) -> letter.headers().add(name, text.getBytes(UTF_8)));
        var settings = Map.<String, Object>of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, "localhost:" + (9092 + shop.offset()));
        try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            producer.send(letter).get();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static long sold(Engines engines, String order) {
        return engines.number("inventory", "select coalesce(sum(quantity), 0) from sale_item where order_id = '" + order + "'");
    }
}
