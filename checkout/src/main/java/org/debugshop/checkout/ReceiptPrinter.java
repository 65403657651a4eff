package org.debugshop.checkout;

import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.inject.Singleton;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Currency;
import org.debugshop.defaults.Sha256;

/** Prints receipts. */
@Singleton
class ReceiptPrinter {

    /** The decimals for a currency that ISO 4217 doesn't list or that has no minor unit. */
    private static final int DECIMALS = 2;

    private final Faults faults;

    ReceiptPrinter(Faults faults) {
        this.faults = faults;
    }

    Uni<OrderStore.Document> print(Order order) {
        var printed = Uni.createFrom().item(document(order));
        return faults.slowReceipts().isOn() ? slowly(printed) : printed;
    }

    private <T> Uni<T> slowly(Uni<T> work) {
        // The time passes on another thread, which has no trace.
        var context = Vertx.currentContext();
        var late = work.onItem().delayIt().by(Duration.ofMillis(Math.round(faults.slowReceipts().strength() * 1000)));
        return context == null ? late : late.emitOn(task -> context.runOnContext(_ -> task.run()));
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
