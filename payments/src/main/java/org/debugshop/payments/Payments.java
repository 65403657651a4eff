package org.debugshop.payments;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.quarkus.logging.Log;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.debugshop.defaults.http.HttpError;
import org.debugshop.defaults.telemetry.LogFields;
import org.debugshop.defaults.upstream.Deadline;
import org.debugshop.defaults.upstream.Upstream;
import org.debugshop.defaults.upstream.UpstreamFailure;
import org.eclipse.microprofile.rest.client.inject.RestClient;

/** Takes payments: one for each order, of its total, from the user who placed it. */
@Singleton
class Payments {

    static final AttributeKey<String> ORDER_ID = AttributeKey.stringKey("shop.order.id");
    static final AttributeKey<String> PAYMENT_ID = AttributeKey.stringKey("shop.payment.id");
    /** Why an order was not paid, in the words of the answer. */
    static final AttributeKey<String> FAILURE = AttributeKey.stringKey("shop.payment.failure");

    private static final String PAID = "paid";
    /** The outcomes that are counted, by the status of their answers; a repeated answer is not counted. */
    private static final Map<Integer, String> REFUSALS = Map.of(400, "wrong_amount", 402, "declined", 409, "already_paid",
            503, "failed");

    private final PaymentStore store;
    private final CardProcessor cards;
    private final CheckoutClient checkout;
    private final PaidOrders paidOrders;
    private final Faults faults;
    private final Upstream upstream = Upstream.named("checkout");
    private final Map<String, Counter> outcomes;

    Payments(PaymentStore store, CardProcessor cards, @RestClient CheckoutClient checkout, PaidOrders paidOrders, Faults faults,
            MeterRegistry registry) {
        this.store = store;
        this.cards = cards;
        this.checkout = checkout;
        this.paidOrders = paidOrders;
        this.faults = faults;
        this.outcomes = Stream.concat(Stream.of(PAID), REFUSALS.values().stream()).collect(Collectors.toMap(Function.identity(),
                outcome -> Counter.builder("shop.payments").description("Payments and refused payments").tag("outcome", outcome)
                        .register(registry)));
    }

    /**
     * Pays for an order. With a key, a repeated request gets the payment of the first one. A failure with {@code Retry-After}, or a 4xx,
     * means that this request has charged nothing and won't.
     */
    Uni<PaymentStore.Stored> pay(PaymentRequest request) {
        var span = Span.current();
        var deadline = Deadline.beforeTheCallers();
        // Before the order is requested: a repeated request must work even if checkout is away.
        return store.repeated(request).flatMap(known -> known.isPresent()
                ? Uni.createFrom().item(new PaymentStore.Stored(known.get(), true))
                : upstream.until(deadline).call(checkout.order(request.orderId()))
                        .onFailure(UpstreamFailure.class).invoke(UpstreamFailure::nothingWasDone)
                        .flatMap(order -> faults.paidOrders().isOn() ? paidOrders.look(request, order) : Uni.createFrom().item(order))
                        .flatMap(order -> pay(request, order)))
                .invoke(stored -> span.setAttribute(PAYMENT_ID, stored.payment().id().toString()))
                .onFailure(HttpError.class).invoke(error -> {
                    if (REFUSALS.containsKey(error.status())) {
                        outcomes.get(REFUSALS.get(error.status())).increment();
                        span.setAttribute(FAILURE, error.getMessage());
                    }
                });
    }

    private Uni<PaymentStore.Stored> pay(PaymentRequest request, CheckoutClient.Order order) {
        if (!order.userId().equals(request.userId())) {
            throw HttpError.notFound("Order not found");
        }
        if (order.isPaid()) {
            // Perhaps by a request with the same key, which was stored after this one had looked for it.
            return store.repeated(request)
                    .map(found -> new PaymentStore.Stored(found.orElseThrow(PaymentStore::alreadyPaid), true));
        }
        if (order.total().compareTo(request.amount()) != 0) {
            throw HttpError.badRequest("Amount does not match the order");
        }
        var payment = new Payment(UUID.randomUUID(), order.userId(), request.orderId(), order.total(), order.userCurrency());
        return store.pay(request, payment, () -> cards.charge(payment, request.card())).invoke(stored -> {
            if (!stored.repeated()) {
                outcomes.get(PAID).increment();
                try (var _ = LogFields.of(ORDER_ID, payment.orderId().toString()).and(PAYMENT_ID, payment.id().toString())) {
                    Log.info("Took a payment");
                }
            }
        });
    }
}
