package org.debugshop.accounts;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.benmanes.caffeine.cache.Ticker;
import io.vertx.mutiny.core.Vertx;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.Shutdown;
import jakarta.enterprise.event.Startup;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.debugshop.defaults.data.Database;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Selects where users and keys are stored, by {@code DATABASE_URL}, and what signs and checks tokens. */
@Singleton
public class Engines {

    private static final Duration LEAST_AGE = Duration.ofHours(1);
    private static final Duration LOOK = Duration.ofMillis(250);

    private final Optional<Database> database;

    Engines(Vertx vertx) {
        this.database = Database.Settings.ofEnvironment().map(settings -> new Database(vertx, settings));
    }

    @Produces
    @Singleton
    UserStore users() {
        return database.<UserStore>map(PostgresUsers::new).orElseGet(MemoryUsers::new);
    }

    @Produces
    @Singleton
    KeyRing keys(@ConfigProperty(name = "shop.token.key") Optional<String> tokenKey,
            @ConfigProperty(name = "shop.token.key-max-age") Duration maxAge) {
        if (maxAge.compareTo(LEAST_AGE) < 0) {
            throw new IllegalArgumentException("TOKEN_KEY_MAX_AGE must be at least 1h, not " + maxAge);
        }
        var clock = InstantSource.system();
        return new KeyRing(database.<SigningKeyStore>map(PostgresKeys::new).orElseGet(MemoryKeys::new),
                tokenKey.filter(key -> !key.isBlank()).map(key -> Keys.ofPem(key, clock.instant())), maxAge, clock);
    }

    @Produces
    @Singleton
    Tokens tokens(KeyRing keys, UserStore users, Vertx vertx, ObjectMapper json,
            @ConfigProperty(name = "shop.token.issuer") String issuer,
            @ConfigProperty(name = "shop.token.ttl") Duration ttl,
            @ConfigProperty(name = "shop.oidc.issuer") Optional<String> otherIssuer,
            @ConfigProperty(name = "shop.oidc.audience") Optional<String> audience) {
        var other = otherIssuer.filter(name -> !name.isBlank());
        return new Tokens(new Tokens.Settings(issuer, ttl, audience.filter(name -> !name.isBlank())), keys, users, other,
                other.map(name -> new OidcIssuer(vertx, json, name)), new VerifiedTokens(Ticker.systemTicker()), InstantSource.system());
    }

    void start(@Observes Startup event, UserStore users, KeyRing keys, Tokens tokens, Vertx vertx) {
        vertx.setPeriodic(LOOK.toMillis(), _ -> {
            if (users.prepared()) {
                keys.refresh();
            }
        });
    }

    void stop(@Observes Shutdown event) {
        database.ifPresent(Database::close);
    }

    /** Down until the database has been migrated once, because no user can be added and no token signed before that. */
    @Produces
    @Readiness
    @Singleton
    HealthCheck prepared(UserStore users, KeyRing keys) {
        return () -> HealthCheckResponse.named("accounts").status(users.prepared() && keys.prepared()).build();
    }
}
