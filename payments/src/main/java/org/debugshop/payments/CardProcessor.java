package org.debugshop.payments;

import io.quarkus.logging.Log;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.util.Optional;
import org.debugshop.defaults.http.HttpError;
import org.debugshop.defaults.telemetry.Failure;

/** Charges cards, in place of a company that does. It moves no money, and keeps nothing. */
@Singleton
class CardProcessor {

    private static final int PAYMENT_REQUIRED = 402;
    /** The card that is declined; all others are charged. */
    private static final String DECLINED = "tok_declined";

    private final Faults faults;

    CardProcessor(Faults faults) {
        this.faults = faults;
    }

    /**
     * Charges a card. A payment may be charged again if the database did not store it, so a real processor would get the order's id as
     * a reference, and charge that once.
     *
     * @return fails with 402 if the card is declined
     */
    Uni<Void> charge(Payment payment, Optional<String> card) {
        if (faults.declined().strikes()) {
            return Uni.createFrom().failure(trouble());
        }
        return card.filter(DECLINED::equals).isPresent()
                ? Uni.createFrom().failure(new HttpError(PAYMENT_REQUIRED, "Card declined"))
                : Uni.createFrom().voidItem();
    }

    private static HttpError trouble() {
        var reason = "The card processor answered: issuer unavailable";
        Failure.startsHere("card_processor_error", Payments.FAILURE, reason);
        Log.warn(reason);
        return HttpError.unavailable("The card could not be charged, and was not", null);
    }
}
