package org.debugshop.loadgenerator;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.random.RandomGenerator;

/** Users who book: 50 % create a session and read it a moment later, 30 % read an earlier session, 20 % only create one. */
final class InstabookProfile implements Profile {

    static final AttributeKey<String> BOOKING_SESSION = AttributeKey.stringKey("shop.session.id");

    private static final String ENDPOINT = "/booking/session";
    private static final List<String> CITIES = List.of("Lisbon", "Kyoto", "Oslo", "Quito", "Accra");

    private final InstabookClient instabook;
    private final Recent<String> created = new Recent<>(50);

    InstabookProfile(InstabookClient instabook) {
        this.instabook = instabook;
    }

    @Override
    public List<Action> visit(RandomGenerator random) {
        var dice = random.nextInt(100);
        if (dice < 30) {
            var earlier = created.any(random);
            if (earlier.isPresent()) {
                return List.of(read(earlier.get()));
            }
        }
        var session = session(random);
        return dice < 80 && dice >= 30
                ? List.of(create(session), read(session.id()).after(Duration.ofMillis(random.nextInt(500, 1501))))
                : List.of(create(session));
    }

    private Action create(BookingSession session) {
        return Action.post("create booking session", ENDPOINT, Attributes.of(BOOKING_SESSION, session.id()),
                () -> instabook.create(session).invoke(answer -> {
                    if (answer.getStatus() < 400) {
                        created.add(session.id());
                    }
                }));
    }

    /** Reads a session. If it no longer exists, because it expired or its cache lost it, it isn't read again. */
    private Action read(String id) {
        return Action.get("read booking session", ENDPOINT + "/{id}", Attributes.of(BOOKING_SESSION, id),
                () -> instabook.read(id).invoke(answer -> {
                    if (answer.getStatus() == 404) {
                        created.remove(id);
                    }
                }));
    }

    private static BookingSession session(RandomGenerator random) {
        var stay = new BookingSession.Stay(CITIES.get(random.nextInt(CITIES.size())), random.nextInt(1, 15), random.nextInt(1, 5));
        return new BookingSession(uuid(random), "user-" + random.nextInt(1, 1001), "booking-" + uuid(random), "pending", stay);
    }

    private static String uuid(RandomGenerator random) {
        return new UUID(random.nextLong(), random.nextLong()).toString();
    }
}
