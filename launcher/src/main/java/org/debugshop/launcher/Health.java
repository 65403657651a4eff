package org.debugshop.launcher;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.URI;

/** Asks a service whether it is ready. */
final class Health {

    private static final int TIMEOUT_MS = 1_000;

    private Health() {}

    /** Whether {@code GET /health/ready} answers 200 within a second; {@code host} is where the service listens. */
    static boolean isReady(String host, int port) {
        try {
            var address = InetAddress.getByName(host);
            var reachable = address.isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : address;
            var authority = reachable.getHostAddress().contains(":") ? "[" + reachable.getHostAddress() + "]" : reachable.getHostAddress();
            var url = URI.create("http://" + authority + ":" + port + "/health/ready").toURL();
            var connection = (HttpURLConnection) url.openConnection(Proxy.NO_PROXY);
            connection.setConnectTimeout(TIMEOUT_MS);
            connection.setReadTimeout(TIMEOUT_MS);
            connection.setRequestProperty("Connection", "close");
            try {
                return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
            } finally {
                connection.disconnect();
            }
        } catch (IOException | UncheckedIOException notYet) {
            return false;
        }
    }
}
