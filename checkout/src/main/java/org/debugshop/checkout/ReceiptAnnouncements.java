package org.debugshop.checkout;

import io.quarkus.logging.Log;
import io.quarkus.runtime.Startup;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.inject.Singleton;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.debugshop.defaults.controls.Fault;
import org.debugshop.defaults.events.Events;

/**
 * Announces receipts to other services, while {@link Faults#announcedReceipts} is on: it sends on each event whose receipt is there. But
 * the topic is the one that it came from.
 * <pre>
 *   topic orders ──▶ group receipts ──▶ waiting, at most 100 ──▶ so many a second, at most 100,000 ──┐
 *        ▲────────────────────────────────────────────────────────────────────────────────────────────┘
 * </pre>
 */
@Startup
@Singleton
class ReceiptAnnouncements implements Fault.Effect {

    private static final int MAX_WAITING = 100;
    /** So that Kafka's disk isn't filled: about 60 MB. */
    private static final int MAX_SENT = 100_000;

    private record Announcement(String key, String event, Map<String, String> trace) {}

    private final Fault announced;
    private final OrderTopic topic;
    private final Vertx vertx;

    // What follows is guarded by this.
    private final Deque<Announcement> waiting = new ArrayDeque<>();
    private int sent;
    private boolean scheduled;

    ReceiptAnnouncements(Faults faults, OrderTopic topic, Vertx vertx) {
        this.announced = faults.announcedReceipts().with(this);
        this.topic = topic;
        this.vertx = vertx;
    }

    /** Called when the receipt of the order is there. */
    void written(ConsumerRecord<String, String> event) {
        if (announced.isOn()) {
            add(new Announcement(event.key(), event.value(), Events.currentContext()));
        }
    }

    private synchronized void add(Announcement announcement) {
        if (waiting.size() == MAX_WAITING) {
            waiting.removeFirst();
        }
        waiting.addLast(announcement);
        schedule();
    }

    private synchronized void schedule() {
        if (!scheduled && !waiting.isEmpty() && announced.isOn()) {
            scheduled = true;
            vertx.setTimer(Math.max(1, Math.round(1000 / announced.strength())), _ -> next());
        }
    }

    private void next() {
        Announcement announcement;
        synchronized (this) {
            scheduled = false;
            announcement = announced.isOn() && sent < MAX_SENT ? waiting.pollFirst() : null;
            sent += announcement == null ? 0 : 1;
        }
        if (announcement != null) {
            var headers = new RecordHeaders();
            Events.send(OrderPlaced.TOPIC, announcement.key(), announcement.trace(), headers,
                    () -> topic.send(announcement.key(), announcement.event(), headers))
                    .subscribe().with(_ -> {}, away -> Log.debug("A receipt could not be announced", away));
            schedule();
        }
    }

    @Override
    public synchronized Uni<Void> begin(double strength) {
        sent = 0;
        return Uni.createFrom().voidItem();
    }

    /** Announcements that are in Kafka already are read once more: their orders have receipts, and their stock is sold. */
    @Override
    public synchronized Uni<Void> end() {
        waiting.clear();
        return Uni.createFrom().voidItem();
    }
}
