package org.debugshop.checkout;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReceiptsTest {

    private static Order order(String currency, String price, int quantity) {
        var amount = new BigDecimal(price).multiply(BigDecimal.valueOf(quantity));
        var line = new Order.Line(1, "Smartphone X", new BigDecimal(price), currency, quantity, amount);
        return new Order("an-order", "user-1", currency, null, "a@example.com", List.of(line), amount, "PROCESSED", Instant.EPOCH, null,
                null);
    }

    @Test
    void shouldReadTheProductsOfAnEventAsFarAsItHasThem() throws JsonProcessingException {
        var json = new ObjectMapper();

        assertThat(OrderPlaced.productIds(json.readTree(
                """
                        {"items":[{"product_id":3,"quantity":1},{"product_id":1,"quantity":2},{"product_id":3,"quantity":1},{"product_id":"x"},4]}""")))
                .containsExactly(1L, 3L);
        assertThat(OrderPlaced.productIds(json.readTree("{\"items\":7}"))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"JPY, 76998.90, 2, 153998", "JPY, 0.50, 1, 1", "EUR, 594.99, 2, 1189.98", "USD, 700, 1, 700.00",
            "XXX, 1.50, 1, 1.50", "COIN, 1.50, 1, 1.50"})
    void shouldWriteAmountsWithTheDecimalsOfTheirCurrency(String currency, String price, int quantity, String written) {
        var lines = ReceiptPrinter.document(order(currency, price, quantity)).text().lines().filter(line -> line.endsWith(" " + currency))
                .toList();

        assertThat(lines).hasSize(2).allSatisfy(line -> assertThat(line).endsWith(" " + written + " " + currency));
    }
}
