package org.debugshop.accounts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.core.Vertx;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.debugshop.defaults.data.Database;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Uses a real PostgreSQL. A ring stands for a replica. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KeyRingTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration MAX_AGE = Duration.ofDays(30);
    private static final Duration TTL = Duration.ofHours(1);
    private static final Duration LONG_ENOUGH = KeyRing.FRESH.plusSeconds(1);

    private EmbeddedPostgres postgres;
    private Vertx vertx;
    private Database database;
    private PostgresKeys store;
    private Time time;

    @BeforeAll
    void start() throws Exception {
        postgres = EmbeddedPostgres.start();
        vertx = Vertx.vertx();
        database = new Database(vertx,
                new Database.Settings("postgresql://localhost:" + postgres.getPort() + "/postgres", "postgres", "postgres"), PATIENCE);
        store = new PostgresKeys(database);
        await("its migration").atMost(PATIENCE).until(database::prepared);
    }

    @AfterAll
    void stop() throws Exception {
        database.close();
        vertx.closeAndAwait();
        postgres.close();
    }

    @BeforeEach
    void forget() {
        time = new Time();
        sql("delete from signing_key");
    }

    private void sql(String statement) {
        get(database.with(connection -> connection.query(statement).execute()));
    }

    private static <T> T get(Uni<T> uni) {
        return uni.await().atMost(PATIENCE);
    }

    private KeyRing replica() {
        return new KeyRing(store, Optional.empty(), MAX_AGE, time, time::nanos);
    }

    private KeyRing replica(SigningKey tokenKey) {
        return new KeyRing(store, Optional.of(tokenKey), MAX_AGE, time, time::nanos);
    }

    private SigningKey sign(KeyRing replica) {
        return get(replica.signing(time.instant().plus(TTL)));
    }

    private static List<String> published(KeyRing replica) {
        return get(replica.published()).stream().map(SigningKey::kid).toList();
    }

    /** A key as TOKEN_KEY has it: of no generation. */
    private SigningKey tokenKey() {
        return Keys.generate(0, time.instant());
    }

    @Test
    void shouldMakeOneKeyForReplicasThatStartAtTheSameTime() {
        var kids = Uni.join().all(IntStream.range(0, 6).mapToObj(_ -> replica().signing(time.instant().plus(TTL))).toList()).andFailFast();

        assertThat(get(kids)).extracting(SigningKey::kid).hasSize(6).containsOnly(published(replica()).getFirst());
        assertThat(published(replica())).hasSize(1);
    }

    @Test
    void shouldStoreOneKeyOfAGeneration() {
        var first = Keys.generate(1, time.instant());
        get(store.add(first));
        get(store.add(Keys.generate(1, time.instant())));

        assertThat(get(store.keys(time.instant()))).extracting(SigningKey::kid).containsExactly(first.kid());
    }

    @Test
    void shouldKeepTheKeyOverARestart() {
        var before = sign(replica());
        time.pass(Duration.ofDays(3));

        assertThat(sign(replica())).returns(before.kid(), SigningKey::kid)
                .returns(before.privateKey().orElseThrow(), key -> key.privateKey().orElseThrow());
    }

    @Test
    void shouldFollowAnOldKeyByANewOneThatIsPublishedBeforeItSigns() {
        var one = replica();
        var other = replica();
        var old = sign(one).kid();
        time.pass(MAX_AGE.minus(TTL));
        assertThat(sign(one).kid()).isEqualTo(old);
        time.pass(TTL);
        // The answer is from before, and the keys are read in the background.
        await().atMost(PATIENCE).until(() -> published(one).size() == 2);

        assertThat(sign(one).kid()).isEqualTo(old);
        assertThat(sign(other).kid()).isEqualTo(old);
        time.pass(Duration.ofMinutes(2));
        await().atMost(PATIENCE).until(() -> !sign(one).kid().equals(old));
        var next = sign(one).kid();
        await().atMost(PATIENCE).until(() -> sign(other).kid().equals(next));
        assertThat(get(other.find(next))).isPresent();
        assertThat(get(one.find(old))).isPresent();
        assertThat(published(one)).containsExactlyInAnyOrder(old, next);

        time.pass(TTL.plusMinutes(15));
        sign(one);
        assertThat(published(one)).containsExactly(next);
    }

    @Test
    void shouldPublishAnOldKeyUntilItsLastTokenHasExpired() {
        var old = tokenKey();
        var before = replica(old);
        sign(before);
        time.pass(Duration.ofMinutes(30));
        sign(before);
        var lastEnd = time.instant().plus(TTL);
        var after = replica(tokenKey());
        var next = sign(after).kid();

        assertThat(next).isNotEqualTo(old.kid());
        assertThat(published(replica())).contains(old.kid(), next);
        time.pass(TTL.minusSeconds(1));
        assertThat(time.instant()).isBefore(lastEnd);
        assertThat(published(replica())).contains(old.kid());
        time.pass(Duration.ofMinutes(12));
        assertThat(published(replica())).doesNotContain(old.kid());
        assertThat(published(after)).contains(next);
    }

    @Test
    void shouldNotStoreThePrivatePartOfATokenKey() {
        var key = tokenKey();
        assertThat(sign(replica(key)).privateKey()).isEqualTo(key.privateKey());

        assertThat(get(store.keys(time.instant()))).singleElement().returns(key.kid(), SigningKey::kid)
                .returns(Optional.empty(), SigningKey::privateKey);
    }

    @Test
    void shouldFindTheKeyOfAReplicaWithAnotherTokenKey() {
        var one = replica(tokenKey());
        sign(one);
        var other = replica(tokenKey());
        var kid = sign(other).kid();
        time.pass(Duration.ofMillis(100));

        assertThat(get(one.find(kid))).isPresent();
    }

    @Test
    void shouldReadTheKeysOfTheDatabaseAtMostTenTimesASecond() {
        var counting = new Counting(store);
        var ring = new KeyRing(counting, Optional.empty(), MAX_AGE, time, time::nanos);
        sign(ring);
        time.pass(Duration.ofSeconds(2));
        var before = counting.reads;
        for (var i = 0; i < 100; i++) {
            assertThat(get(ring.find("unknown"))).isEmpty();
        }
        assertThat(counting.reads).isEqualTo(before + 1);
    }

    @Test
    void shouldMakeAKeyEndLaterOnceForManyLoginsAtOnce() {
        var counting = new Counting(store);
        var ring = new KeyRing(counting, Optional.empty(), MAX_AGE, time, time::nanos);
        var kid = sign(ring).kid();
        var reads = counting.reads;
        var extensions = counting.extensions;
        var end = time.instant().plus(TTL.multipliedBy(3));

        var signing = get(Uni.join().all(IntStream.range(0, 20).mapToObj(_ -> ring.signing(end)).toList()).andFailFast());

        assertThat(signing).allSatisfy(key -> assertThat(key).returns(kid, SigningKey::kid)
                .satisfies(found -> assertThat(found.expiresAt()).isAfterOrEqualTo(end)));
        assertThat(counting.extensions).isEqualTo(extensions + 1);
        // A login that comes just after the others may read them once more.
        assertThat(counting.reads).isBetween(reads + 1, reads + 2);
        var later = end.plus(TTL);
        assertThat(get(ring.signing(later)).expiresAt()).isAfterOrEqualTo(later);
    }

    @Test
    void shouldMakeAKeyEndLaterAfterThatHasFailed() {
        var counting = new Counting(store);
        var ring = new KeyRing(counting, Optional.empty(), MAX_AGE, time, time::nanos);
        sign(ring);
        var end = time.instant().plus(TTL.multipliedBy(3));
        counting.away = true;
        assertThatThrownBy(() -> get(ring.signing(end))).hasCauseInstanceOf(IOException.class);

        counting.away = false;
        assertThat(get(ring.signing(end)).expiresAt()).isAfterOrEqualTo(end);
    }

    @Test
    void shouldForgetAStolenKeyThatWasRemoved() {
        var one = replica();
        var other = replica();
        var stolen = sign(one).kid();
        assertThat(sign(other).kid()).isEqualTo(stolen);

        sql("delete from signing_key");
        time.pass(LONG_ENOUGH);
        await().atMost(PATIENCE).until(() -> get(one.find(stolen)).isEmpty() && get(other.find(stolen)).isEmpty());

        assertThat(sign(one).kid()).isNotEqualTo(stolen).isEqualTo(sign(other).kid());
    }

    /** The replica does not know of the removal yet. */
    @Test
    void shouldNotSignWithARemovedKey() {
        var ring = replica();
        var removed = sign(ring).kid();
        sql("delete from signing_key");

        assertThat(get(ring.signing(time.instant().plus(TTL.multipliedBy(2)))).kid()).isNotEqualTo(removed);
    }

    @Test
    void shouldCheckTokensWhileTheDatabaseIsAway() {
        var counting = new Counting(store);
        var ring = new KeyRing(counting, Optional.empty(), MAX_AGE, time, time::nanos);
        var kid = sign(ring).kid();
        counting.away = true;
        time.pass(Duration.ofHours(1));

        assertThat(get(ring.find(kid))).isPresent();
        await().atMost(PATIENCE).until(() -> counting.failed > 0);
        assertThat(get(ring.find(kid))).isPresent();
        time.pass(Duration.ofSeconds(2));
        assertThatThrownBy(() -> get(ring.find("unknown"))).hasCauseInstanceOf(IOException.class);
    }

    @Test
    void shouldRemoveExpiredKeysAfterADay() {
        var old = tokenKey();
        sign(replica(old));
        var made = sign(replica()).kid();
        time.pass(Duration.ofDays(2));
        sign(replica());

        var rows = get(database.with(connection -> connection.query("select kid from signing_key").execute()));
        assertThat(rows.iterator().next().getString(0)).isEqualTo(made);
        assertThat(rows.size()).isEqualTo(1);
    }

    /** A store that counts, and can be away. */
    private static final class Counting implements SigningKeyStore {
        private final SigningKeyStore store;
        private volatile int reads;
        private volatile int extensions;
        private volatile int failed;
        private volatile boolean away;

        private Counting(SigningKeyStore store) {
            this.store = store;
        }

        @Override
        public Uni<List<SigningKey>> keys(Instant now) {
            return Uni.createFrom().deferred(() -> {
                if (away) {
                    failed++;
                    return Uni.createFrom().failure(new IOException("It is away"));
                }
                reads++;
                return store.keys(now);
            });
        }

        @Override
        public Uni<Void> add(SigningKey key) {
            return store.add(key);
        }

        @Override
        public Uni<Boolean> extend(String kid, Instant end) {
            return Uni.createFrom().deferred(() -> {
                extensions++;
                return store.extend(kid, end);
            });
        }
    }
}
