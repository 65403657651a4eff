package org.debugshop.currency;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.smallrye.common.annotation.NonBlocking;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import java.math.BigDecimal;
import org.debugshop.defaults.http.HttpError;

@Path("/")
@NonBlocking
public class CurrencyResource {

    static final AttributeKey<String> FROM = AttributeKey.stringKey("shop.currency.from");
    static final AttributeKey<String> TO = AttributeKey.stringKey("shop.currency.to");

    private static final int MAX_DIGITS = 15;

    record Status(String service, String status) {}

    private final ExchangeRates rates;
    private final YenFixing yen;

    CurrencyResource(ExchangeRates rates, YenFixing yen) {
        this.rates = rates;
        this.yen = yen;
    }

    @GET
    public Status status() {
        return new Status("Currency Service", "UP");
    }

    @GET
    @Path("convert")
    public Conversion convert(
            @QueryParam("from") @DefaultValue("USD") String from,
            @QueryParam("to") @DefaultValue("USD") String to,
            @QueryParam("amount") String amount) {
        Span.current().setAttribute(FROM, supported(from)).setAttribute(TO, supported(to));
        if (to.equals("JPY")) {
            yen.readIfOld();
        }
        return amount == null ? Conversion.rateOnly(rates, from, to) : Conversion.of(rates, number(amount), from, to);
    }

    @GET
    @Path("rates")
    public RateTable rates(@QueryParam("base") @DefaultValue("USD") String base) {
        return new RateTable(base, rates.table(supported(base)));
    }

    private static String supported(String currency) {
        if (!ExchangeRates.supports(currency)) {
            throw HttpError.badRequest("Currency %s not supported".formatted(printable(currency)));
        }
        return currency;
    }

    /** Cuts an unknown code for the error message. Real codes have three letters. */
    private static String printable(String currency) {
        return currency.codePointCount(0, currency.length()) <= 8
                ? currency
                : currency.substring(0, currency.offsetByCodePoints(0, 8)) + "…";
    }

    /** Parses an amount. Exponents are limited like digits, because {@code 1e999999999} is short to write but huge to compute with. */
    private static BigDecimal number(String text) {
        try {
            if (text.length() <= 32 && text.chars().allMatch(character -> character < 128)) { // BigDecimal would accept the digits of all scripts
                var number = new BigDecimal(text);
                if (number.precision() <= MAX_DIGITS && Math.abs((long) number.scale()) <= MAX_DIGITS
                        && number.precision() - number.scale() <= MAX_DIGITS) {
                    return number;
                }
            }
        } catch (NumberFormatException notANumber) {
            // reported below, like other invalid amounts
        }
        throw HttpError.badRequest("Invalid amount provided");
    }
}
