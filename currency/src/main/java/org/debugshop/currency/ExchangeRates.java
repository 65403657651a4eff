package org.debugshop.currency;

import jakarta.inject.Singleton;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.LinkedHashMap;
import java.util.Map;

/** The shop's currencies and their exchange rates. */
@Singleton
class ExchangeRates {

    /** Units of each currency for one US dollar, in the order of the list of rates. */
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

    private final Faults faults;

    ExchangeRates(Faults faults) {
        this.faults = faults;
    }

    static boolean supports(String currency) {
        return TO_ONE_USD.containsKey(currency);
    }

    /** Returns the units of {@code to} for one unit of {@code from}, with at most ten significant digits. Both must be supported. */
    BigDecimal rate(String from, String to) {
        return plain(toOneUsd(to).divide(toOneUsd(from), TEN_DIGITS));
    }

    /**
     * Converts an amount by the two rates to the dollar, and rounds once. With {@link #rate}, which is already rounded, 11 JPY
     * would be 0.08 EUR, although they are worth exactly 0.085.
     *
     * @return the value of {@code amount}, with two decimals, rounded half up; both currencies must be supported
     */
    BigDecimal convert(BigDecimal amount, String from, String to) {
        return amount.multiply(toOneUsd(to)).divide(toOneUsd(from), 2, RoundingMode.HALF_UP);
    }

    /** Returns the rates of all currencies for one unit of {@code base}, rounded to four decimals. */
    Map<String, BigDecimal> table(String base) {
        var table = new LinkedHashMap<String, BigDecimal>();
        TO_ONE_USD.keySet().forEach(currency -> table.put(currency, plain(rate(base, currency).setScale(4, RoundingMode.HALF_UP))));
        return table;
    }

    private BigDecimal toOneUsd(String currency) {
        var units = TO_ONE_USD.get(currency);
        return faults.wrongRate().isOn() && currency.equals("JPY")
                ? units.multiply(BigDecimal.valueOf(faults.wrongRate().strength()))
                : units;
    }

    /** Removes trailing zeros, but keeps the decimal point: 0.85, 1.0. */
    private static BigDecimal plain(BigDecimal rate) {
        var stripped = rate.stripTrailingZeros();
        return stripped.scale() < 1 ? stripped.setScale(1) : stripped;
    }
}
