package org.debugshop.currency;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * An amount in another currency.
 *
 * @param rate      units of {@code to} for one of {@code from}, at most ten significant digits
 * @param amount    two decimals, rounded half up; absent when only the rate was asked for
 * @param converted likewise
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Conversion(String from, String to, BigDecimal rate, BigDecimal amount, BigDecimal converted) {

    static Conversion rateOnly(String from, String to, BigDecimal rate) {
        return new Conversion(from, to, rate, null, null);
    }

    static Conversion of(String from, String to, BigDecimal rate, BigDecimal amount) {
        return new Conversion(from, to, rate, money(amount), money(amount.multiply(rate)));
    }

    private static BigDecimal money(BigDecimal value) {
        return value.setScale(2, RoundingMode.HALF_UP);
    }
}
