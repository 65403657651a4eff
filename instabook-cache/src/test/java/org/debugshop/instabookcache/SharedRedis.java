package org.debugshop.instabookcache;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import redis.embedded.RedisServer;

/** The service with a real Redis, which tests can stop and start. */
public class SharedRedis extends InMemoryTelemetry {

    @Override
    public List<TestResourceEntry> testResources() {
        return List.of(new TestResourceEntry(Server.class, Map.of(), true));
    }

    public static class Server implements QuarkusTestResourceLifecycleManager {

        /**
         * Reserves Redis's port while Redis is stopped: it is bound, so no other program gets it, but nothing listens, so
         * connections are refused.
         */
        private static Socket port;
        private static RedisServer redis;

        @Override
        public Map<String, String> start() {
            try {
                port = new Socket();
                port.setReuseAddress(true); // Redis sets it too, so both can bind the port
                port.bind(new InetSocketAddress(0));
                redis = RedisServer.newRedisServer().port(port.getLocalPort()).setting("bind 127.0.0.1").setting("save \"\"").build();
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
            try {
                port.close();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
