package org.debugshop.currency;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.math.BigDecimal;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Properties of every pair of currencies. The amounts are random, but the same in each run. */
@QuarkusTest
class ExchangeRatesTest {

    private static final List<String> CURRENCIES = List.of("USD", "EUR", "GBP", "JPY", "CAD", "AUD", "CNY");
    private static final BigDecimal HALF_A_CENT = new BigDecimal("0.005");
    private static final int AMOUNTS = 2_000;

    @Inject
    ExchangeRates rates;

    static Stream<Arguments> pairs() {
        return CURRENCIES.stream().flatMap(from -> CURRENCIES.stream().map(to -> Arguments.of(from, to)));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void shouldConvertBackWithinTheRounding(String from, String to) {
        // The conversion there loses up to half a cent, which is multiplied by the rate on the way back, and that loses up to half
        // a cent again.
        var bound = HALF_A_CENT.multiply(rates.rate(to, from)).add(HALF_A_CENT);
        amounts().forEach(amount -> {
            var back = rates.convert(rates.convert(amount, from, to), to, from);
            assertThat(back.subtract(amount).abs()).as(() -> amount + " " + from + " came back from " + to + " as " + back)
                    .isLessThanOrEqualTo(bound);
        });
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void shouldConvertNegativeAmountsLikePositiveOnes(String from, String to) {
        amounts().forEach(
                amount -> assertThat(rates.convert(amount.negate(), from, to))
                        .isEqualTo(rates.convert(amount, from, to).negate()));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void shouldConvertByTheRateWithinItsPrecision(String from, String to) {
        var rate = rates.rate(from, to);
        assertThat(rate.stripTrailingZeros().precision()).as(rate::toString).isLessThanOrEqualTo(10);
        amounts().forEach(amount -> {
            var difference = rates.convert(amount, from, to).subtract(amount.multiply(rate)).abs();
            // A rate with ten digits is off by at most half a unit of the tenth.
            var bound = HALF_A_CENT.add(amount.multiply(rate).multiply(new BigDecimal("5.1e-10")));
            assertThat(difference).as(() -> amount + " " + from + " to " + to).isLessThanOrEqualTo(bound);
        });
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void shouldReturnInverseRatesForInversePairs(String from, String to) {
        var product = rates.rate(from, to).multiply(rates.rate(to, from));
        assertThat(product.subtract(BigDecimal.ONE).abs()).isLessThan(new BigDecimal("1e-8"));
    }

    /** Amounts up to a million, with two decimals. */
    private static Stream<BigDecimal> amounts() {
        return new Random(42).ints(AMOUNTS, 0, 100_000_000).mapToObj(cents -> BigDecimal.valueOf(cents, 2));
    }
}
