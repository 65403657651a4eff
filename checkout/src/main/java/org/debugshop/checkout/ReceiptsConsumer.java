package org.debugshop.checkout;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.opentelemetry.api.trace.Span;
import io.smallrye.mutiny.Uni;
import io.smallrye.reactive.messaging.kafka.api.IncomingKafkaRecordMetadata;
import jakarta.enterprise.context.ApplicationScoped;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.Currency;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.debugshop.defaults.Sha256;
import org.debugshop.defaults.events.Events;
import org.debugshop.defaults.events.Events.Poison;
import org.eclipse.microprofile.reactive.messaging.Incoming;

/** Writes the receipt of each placed order, once, even if its event is delivered again. */
@ApplicationScoped
public class ReceiptsConsumer {

    static final String CHANNEL = "receipts";
    static final String GROUP = "receipts";

    /** The decimals for a currency that ISO 4217 doesn't list or that has no minor unit. */
    private static final int DECIMALS = 2;

    private final OrderStore orders;
    private final ObjectMapper json;

    ReceiptsConsumer(OrderStore orders, ObjectMapper json) {
        this.orders = orders;
        this.json = json;
    }

    @Incoming(CHANNEL)
    Uni<Void> read(ConsumerRecord<String, String> message, IncomingKafkaRecordMetadata<String, String> metadata) {
        return Events.process(message, metadata.getHeaders(), GROUP, () -> {
            var event = Events.parse(json, message.value());
            var id = OrderPlaced.orderId(event);
            Span.current().setAttribute(CheckoutResource.ORDER_ID, id)
                    .setAttribute(CheckoutResource.PRODUCT_IDS, OrderPlaced.productIds(event));
            return OrderPlaced.TYPE.equals(event.path("type").asText()) ? write(id) : Uni.createFrom().voidItem();
        });
    }

    private Uni<Void> write(String id) {
        // An order is always stored before its event is sent.
        return orders.find(id).map(found -> found.orElseThrow(() -> new Poison("The order does not exist")))
                .flatMap(order -> order.receipt() == null ? orders.write(id, document(order)) : Uni.createFrom().voidItem());
    }

    /** Writes a receipt. The result is always the same for the same order. It contains neither the postal nor the e-mail address. */
    static OrderStore.Document document(Order order) {
        var text = new StringBuilder("""
                Debug Shop

                Order %s
                of %s

                """.formatted(order.orderId(), order.timestamp()));
        order.products().forEach(
                line -> text.append("%5d  %-40s %14s %s%n".formatted(line.quantity(), line.name(),
                        amount(line.itemTotal(), line.currency()), line.currency())));
        text.append("%n       %-40s %14s %s%n".formatted("Total", amount(order.total(), order.userCurrency()), order.userCurrency()));
        var document = text.toString().replace(System.lineSeparator(), "\n");
        var bytes = document.getBytes(StandardCharsets.UTF_8);
        return new OrderStore.Document(document, new Order.Receipt(Sha256.hex(bytes), bytes.length));
    }

    /** Formats an amount with its currency's decimals, as the shop's pages do: yen have none. */
    private static String amount(BigDecimal amount, String currency) {
        return amount.setScale(decimals(currency), RoundingMode.HALF_UP).toPlainString();
    }

    private static int decimals(String currency) {
        try {
            var digits = Currency.getInstance(currency).getDefaultFractionDigits();
            return digits < 0 ? DECIMALS : digits;
        } catch (IllegalArgumentException unknown) {
            return DECIMALS;
        }
    }
}
