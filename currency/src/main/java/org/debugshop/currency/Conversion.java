package org.debugshop.currency;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * An amount converted to another currency.
 *
 * @param rate units of {@code to} for one unit of {@code from}, at most ten significant digits
 * @param amount the given amount, with two decimals, rounded half up; absent if only the rate was requested
 * @param converted the converted amount, with two decimals, rounded half up; absent like {@code amount}. It is computed from the
 *        amount as it was given, so that only the result is rounded
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Conversion(String from, String to, BigDecimal rate, BigDecimal amount, BigDecimal converted) {

    static Conversion rateOnly(ExchangeRates rates, String from, String to) {
        return new Conversion(from, to, rates.rate(from, to), null, null);
    }

    static Conversion of(ExchangeRates rates, BigDecimal amount, String from, String to) {
        return new Conversion(from, to, rates.rate(from, to), amount.setScale(2, RoundingMode.HALF_UP),
                rates.convert(amount, from, to));
    }
}
