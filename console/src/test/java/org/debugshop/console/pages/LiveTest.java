package org.debugshop.console.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.debugshop.console.TestSpans.server;

import io.smallrye.mutiny.helpers.test.AssertSubscriber;
import io.smallrye.mutiny.subscription.Cancellable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.debugshop.console.store.LogStore;
import org.debugshop.console.store.TraceStore;
import org.debugshop.defaults.http.HttpError;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LiveTest {

    private final TraceStore traces = new TraceStore(10);
    private final Live live = new Live(traces, new LogStore(10));
    private final List<Cancellable> listening = new ArrayList<>();

    @AfterEach
    void stopListening() {
        listening.forEach(Cancellable::cancel);
    }

    @Test
    void shouldNotifyOfChangedTracesEvenIfTheStoreIsFull() {
        var words = new CopyOnWriteArrayList<String>();
        listening.add(live.changes().subscribe().with(change -> words.addAll(change.changed())));
        for (int i = 0; i < 3; i++) {
            words.clear();
            for (int id = 1; id <= 10; id++) {
                traces.add(List.of(server("gateway", "/").trace(100 * i + id).stored()), 0);
            }
            await().until(() -> words.contains("traces"));
        }
        assertThat(words).doesNotContain("logs", "failures");
    }

    @Test
    void shouldNotifyOfAChangedSwitch() {
        var words = new CopyOnWriteArrayList<String>();
        listening.add(live.changes().subscribe().with(change -> words.addAll(change.changed())));
        live.failuresChanged();
        await().until(() -> words.contains("failures"));
    }

    @Test
    void shouldDropNotificationsForASlowPage() {
        var slow = live.changes().subscribe().withSubscriber(AssertSubscriber.<Live.Change>create(1));
        var quick = new CopyOnWriteArrayList<Live.Change>();
        listening.add(live.changes().subscribe().with(quick::add));
        // Metrics change every two seconds.
        await().atMost(Duration.ofSeconds(20)).until(() -> quick.size() >= 3);
        slow.assertNotTerminated();
        assertThat(slow.getItems()).hasSize(1);
        slow.cancel();
    }

    @Test
    void shouldRefuseTooManyListeners() {
        for (int i = 0; i < Live.MAX_LISTENERS; i++) {
            listening.add(live.changes().subscribe().with(_ -> {}));
        }
        assertThatThrownBy(live::changes).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(new LiveResource(live)::live).isInstanceOfSatisfying(HttpError.class, refusal -> {
            assertThat(refusal.status()).isEqualTo(503);
            assertThat(refusal.getResponse().getHeaderString("Retry-After")).isEqualTo("1");
        });

        listening.removeFirst().cancel();
        listening.add(live.changes().subscribe().with(_ -> {}));
    }
}
