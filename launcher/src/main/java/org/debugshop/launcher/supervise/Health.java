package org.debugshop.launcher.supervise;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.debugshop.launcher.instance.Instance;
import org.debugshop.launcher.topology.Service;

/** Checks whether a service or an engine is ready. */
public final class Health {

    private static final int TIMEOUT_MS = 1_000;

    /** PostgreSQL's frontend/backend protocol, version 3.0; and the first byte of the answer that asks for credentials. */
    private static final int POSTGRES_PROTOCOL = 3 << 16;
    private static final char AUTHENTICATION = 'R';

    /** The Kafka protocol's key of the request ApiVersions, which every working broker answers. */
    private static final short API_VERSIONS = 18;
    private static final int CORRELATION = 1;

    private Health() {}

    /**
     * Returns whether a service reports within a second that it is ready.
     *
     * @param host the host of the services
     * @param port its port with the instance's offset
     */
    public static boolean isReady(Service service, String host, int port) {
        try {
            return switch (service.kind()) {
                case QUARKUS, EXPORTER -> isReady(host, port);
                case POSTGRES -> acceptsLogins(port);
                case KAFKA -> answersRequests(port);
            };
        } catch (IOException | UncheckedIOException notYet) {
            return false;
        }
    }

    /**
     * Returns whether a program answers within a second that it is healthy.
     *
     * @param strict whether {@code /health/ready} must answer 200; if not, any status below 500 will do, because the program may have no
     *     such route
     */
    public static boolean answers(String host, int port, boolean strict) {
        try {
            var status = status(host, port);
            return strict ? status == HttpURLConnection.HTTP_OK : status > 0 && status < HttpURLConnection.HTTP_INTERNAL_ERROR;
        } catch (IOException | UncheckedIOException notYet) {
            return false;
        }
    }

    /** {@code GET /health/ready} answers 200. */
    private static boolean isReady(String host, int port) throws IOException {
        return status(host, port) == HttpURLConnection.HTTP_OK;
    }

    private static int status(String host, int port) throws IOException {
        var address = InetAddress.getByName(host);
        var reachable = address.isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : address;
        var authority = reachable.getHostAddress().contains(":") ? "[" + reachable.getHostAddress() + "]" : reachable.getHostAddress();
        var url = URI.create("http://" + authority + ":" + port + "/health/ready").toURL();
        var connection = (HttpURLConnection) url.openConnection(Proxy.NO_PROXY);
        connection.setConnectTimeout(TIMEOUT_MS);
        connection.setReadTimeout(TIMEOUT_MS);
        connection.setRequestProperty("Connection", "close");
        try {
            return connection.getResponseCode();
        } finally {
            connection.disconnect();
        }
    }

    /** Checks like pg_isready: a server that starts or stops answers with an error, and one that is ready asks for a password. */
    private static boolean acceptsLogins(int port) throws IOException {
        var parameters = ("user\0" + Service.DATABASE_USER + "\0database\0postgres\0\0").getBytes(StandardCharsets.US_ASCII);
        var startup = ByteBuffer.allocate(2 * Integer.BYTES + parameters.length).putInt(2 * Integer.BYTES + parameters.length)
                .putInt(POSTGRES_PROTOCOL).put(parameters);
        try (var socket = connect(port); var in = new DataInputStream(socket.getInputStream())) {
            socket.getOutputStream().write(startup.array());
            return in.readByte() == AUTHENTICATION;
        }
    }

    private static boolean answersRequests(int port) throws IOException {
        try (var socket = connect(port);
                var out = new DataOutputStream(socket.getOutputStream());
                var in = new DataInputStream(socket.getInputStream())) {
            var request = ByteBuffer.allocate(10).putShort(API_VERSIONS).putShort((short) 0).putInt(CORRELATION).putShort((short) -1);
            out.writeInt(request.capacity());
            out.write(request.array());
            in.readInt();
            return in.readInt() == CORRELATION;
        }
    }

    /** Connects to an engine. Engines always listen on localhost. */
    private static Socket connect(int port) throws IOException {
        var socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(Instance.DEFAULT_HOST, port), TIMEOUT_MS);
            socket.setSoTimeout(TIMEOUT_MS);
            return socket;
        } catch (IOException refused) {
            socket.close();
            throw refused;
        }
    }
}
