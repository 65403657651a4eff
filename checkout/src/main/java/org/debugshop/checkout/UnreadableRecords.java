package org.debugshop.checkout;

import io.quarkus.logging.Log;
import io.quarkus.runtime.Startup;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.debugshop.defaults.controls.Fault;
import org.debugshop.defaults.events.Events;
import org.debugshop.defaults.events.Events.Poison;

/**
 * Decides what happens to records that the group {@code receipts} cannot read: they are put aside as dead letters. While
 * {@link Faults#noDeadLetters} is on, the consumer tries again instead, and the records behind them wait.
 */
@Startup
@Singleton
class UnreadableRecords implements Fault.Effect {

    /** The first bytes of an event, as a producer leaves them that dies while it writes. */
    private static final String CUT_OFF = "{\"version\":2,\"event_id\":\"";

    private final Fault noDeadLetters;
    private final OrderTopic topic;

    UnreadableRecords(Faults faults, OrderTopic topic) {
        this.topic = topic;
        this.noDeadLetters = faults.noDeadLetters().with(this);
    }

    /** @param work what is done with the record; it may throw or fail with {@link Poison} */
    Uni<Void> handle(ConsumerRecord<String, String> message, Supplier<Uni<Void>> work) {
        Uni<Void> done;
        try {
            done = work.get();
        } catch (Poison unreadable) {
            done = Uni.createFrom().failure(unreadable);
        }
        return done.onFailure(Poison.class).recoverWithUni(unreadable -> {
            if (noDeadLetters.isOn()) {
                return Uni.createFrom().failure(new IllegalStateException(unreadable.getMessage()));
            }
            if (CUT_OFF.equals(message.value())) {
                Log.infof("Skipped a record of %s that is cut off (partition %d, offset %d)", message.topic(), message.partition(),
                        message.offset());
                return Uni.createFrom().voidItem();
            }
            return Uni.createFrom().failure(unreadable);
        });
    }

    /** Sends a record that no consumer can read. The header keeps it from other groups, which would put it aside. */
    @Override
    public Uni<Void> begin(double strength) {
        var headers = new RecordHeaders().add(Events.REPLAY_GROUP, ReceiptsConsumer.GROUP.getBytes(StandardCharsets.UTF_8));
        return topic.send(UUID.randomUUID().toString(), CUT_OFF, headers);
    }

    /** Leaves the record where it is: the consumer skips it from now on. */
    @Override
    public Uni<Void> end() {
        return Uni.createFrom().voidItem();
    }
}
