package org.debugshop.defaults.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayDeque;
import java.util.List;
import org.junit.jupiter.api.Test;

class RetentionTest {

    @Test
    void shouldContinueUntilABatchIsNotFull() {
        var batches = new ArrayDeque<>(List.of(Retention.BATCH, Retention.BATCH, 3, Retention.BATCH));

        var removed = Retention.removeAll(_ -> Uni.createFrom().item(batches.remove()), OffsetDateTime.now())
                .await().atMost(Duration.ofSeconds(60));

        assertThat(removed).isEqualTo(2 * Retention.BATCH + 3);
        assertThat(batches).hasSize(1);
    }

    @Test
    void shouldKeepOrdersForADayAtLeast() {
        assertThat(Retention.atLeastADay(Duration.ofHours(24))).isEqualTo(Duration.ofDays(1));
        assertThatIllegalArgumentException().isThrownBy(() -> Retention.atLeastADay(Duration.ofHours(23)))
                .withMessageContaining("ORDER_RETENTION must be at least 24h");
    }
}
