package org.debugshop.defaults.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.smallrye.mutiny.Uni;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.debugshop.defaults.routes.Route;
import org.junit.jupiter.api.Test;

class MirrorTest {

    private static final Route ROUTE = new Route("r", 1, "things", URI.create("http://localhost:1"), 0, "ann", true, false, false, 0);

    @Test
    void shouldSendNoMoreThanTheCopyAnswers() {
        var sent = new AtomicInteger();
        var answer = new CompletableFuture<String>();
        var request = Uni.createFrom().completionStage(() -> {
            sent.incrementAndGet();
            return answer;
        });
        for (int i = 0; i < 30; i++) {
            Mirror.send(ROUTE, request, Duration.ofMinutes(1));
        }
        assertThat(sent).hasValue(Mirror.MAX_ACTIVE);

        answer.completeExceptionally(new IllegalStateException("The copy has died"));
        Mirror.send(ROUTE, request, Duration.ofMinutes(1));
        assertThat(sent).hasValue(Mirror.MAX_ACTIVE + 1);
    }

    @Test
    void shouldGiveUpACopyThatIsSilent() {
        var sent = new AtomicInteger();
        var silent = Uni.createFrom().<String>nothing().onSubscription().invoke(sent::incrementAndGet);
        for (int i = 0; i < Mirror.MAX_ACTIVE; i++) {
            Mirror.send(ROUTE, silent, Duration.ofMillis(20));
        }
        await().until(() -> {
            Mirror.send(ROUTE, silent, Duration.ofMillis(20));
            return sent.get() > Mirror.MAX_ACTIVE;
        });
    }
}
