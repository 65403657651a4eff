package org.debugshop.instabookcache;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import redis.embedded.RedisServer;

/** The service with a real Redis, which can be taken away and brought back. */
public class SharedRedis extends InMemoryTelemetry {

    @Override
    public List<TestResourceEntry> testResources() {
        return List.of(new TestResourceEntry(Server.class, Map.of(), true));
    }

    public static class Server implements QuarkusTestResourceLifecycleManager {

        private static RedisServer redis;

        @Override
        public Map<String, String> start() {
            try (var socket = new ServerSocket(0)) {
                redis = RedisServer.newRedisServer().port(socket.getLocalPort()).setting("bind 127.0.0.1").setting("save \"\"").build();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
            comeBack();
            return Map.of("REDIS_URL", "redis://localhost:" + redis.ports().getFirst());
        }

        static void comeBack() {
            try {
                redis.start();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        static void goAway() {
            try {
                redis.stop();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void stop() {
            goAway();
        }
    }
}
