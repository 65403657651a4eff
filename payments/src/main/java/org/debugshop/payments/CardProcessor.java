package org.debugshop.payments;

import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.util.Optional;
import org.debugshop.defaults.http.HttpError;

/** Charges cards, in place of a company that does. It moves no money, and keeps nothing. */
@Singleton
class CardProcessor {

    private static final int PAYMENT_REQUIRED = 402;
    /** The card that is declined; all others are charged. */
    private static final String DECLINED = "tok_declined";

    /**
     * Charges a card. A payment may be charged again if the database did not store it, so a real processor would get the order's id as
     * a reference, and charge that once.
     *
     * @return fails with 402 if the card is declined
     */
    Uni<Void> charge(Payment payment, Optional<String> card) {
        return card.filter(DECLINED::equals).isPresent()
                ? Uni.createFrom().failure(new HttpError(PAYMENT_REQUIRED, "Card declined"))
                : Uni.createFrom().voidItem();
    }
}
