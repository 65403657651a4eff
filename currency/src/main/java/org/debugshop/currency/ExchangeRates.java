package org.debugshop.currency;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.LinkedHashMap;
import java.util.Map;

/** The currencies of the shop, and how they convert. */
final class ExchangeRates {

    /** Units of a currency for one US dollar, in the order in which they are listed. */
    private static final Map<String, BigDecimal> TO_ONE_USD = new LinkedHashMap<>();

    static {
        TO_ONE_USD.put("USD", new BigDecimal("1"));
        TO_ONE_USD.put("EUR", new BigDecimal("0.85"));
        TO_ONE_USD.put("GBP", new BigDecimal("0.75"));
        TO_ONE_USD.put("JPY", new BigDecimal("110"));
        TO_ONE_USD.put("CAD", new BigDecimal("1.25"));
        TO_ONE_USD.put("AUD", new BigDecimal("1.35"));
        TO_ONE_USD.put("CNY", new BigDecimal("6.45"));
    }

    private static final MathContext TEN_DIGITS = new MathContext(10, RoundingMode.HALF_UP);

    private ExchangeRates() {}

    static boolean supports(String currency) {
        return TO_ONE_USD.containsKey(currency);
    }

    /** @return units of {@code to} for one of {@code from}, at most ten significant digits; both must be supported */
    static BigDecimal rate(String from, String to) {
        return plain(TO_ONE_USD.get(to).divide(TO_ONE_USD.get(from), TEN_DIGITS));
    }

    /**
     * Computed from the two rates to the dollar and rounded once. By way of {@link #rate}, which is rounded already, 11 JPY would be
     * 0.08 EUR, although they are worth 0.085 exactly.
     *
     * @return what {@code amount} is worth, two decimals, rounded half up; both currencies must be supported
     */
    static BigDecimal convert(BigDecimal amount, String from, String to) {
        return amount.multiply(TO_ONE_USD.get(to)).divide(TO_ONE_USD.get(from), 2, RoundingMode.HALF_UP);
    }

    /** @return the rates of all currencies against {@code base}, rounded to four decimals */
    static Map<String, BigDecimal> table(String base) {
        var table = new LinkedHashMap<String, BigDecimal>();
        TO_ONE_USD.keySet().forEach(currency -> table.put(currency, plain(rate(base, currency).setScale(4, RoundingMode.HALF_UP))));
        return table;
    }

    /** Without the zeros that say nothing, but always with a decimal point: 0.85, 1.0. */
    private static BigDecimal plain(BigDecimal rate) {
        var stripped = rate.stripTrailingZeros();
        return stripped.scale() < 1 ? stripped.setScale(1) : stripped;
    }
}
