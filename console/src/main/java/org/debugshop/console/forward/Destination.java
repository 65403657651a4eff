package org.debugshop.console.forward;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * An OTLP/HTTP receiver somewhere else. Its text is the endpoint only: headers are secrets.
 *
 * @param endpoint http or https, without a slash at the end; the paths of the signals are appended
 * @param headers sent with each request, by name in any case
 */
record Destination(URI endpoint, Map<String, String> headers) {

    /** {@code token} of RFC 9110, 5.6.2 */
    private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
    /** RFC 9110, 5.5, and no more than ASCII, since what else is means something else to each server. */
    private static final Pattern VALUE = Pattern.compile("[\\t\\x20-\\x7e]*");
    /** What a request says of itself. */
    private static final Set<String> OWN = Set.of("content-type", "content-encoding", "content-length", "transfer-encoding", "connection");

    /**
     * @param endpoint a base URL; a user and a password in it become a header {@code Authorization}
     * @param headers {@code name=value,...}, values percent-encoded, as the OpenTelemetry specification has
     *     {@code OTEL_EXPORTER_OTLP_HEADERS}
     * @throws IllegalArgumentException saying what is wrong, without the value of a header
     */
    static Destination parse(String endpoint, String headers) {
        URI url;
        try {
            url = new URI(endpoint.strip());
        } catch (URISyntaxException e) {
            // Not as the cause: its message repeats the text, which may have a password.
            throw new IllegalArgumentException("FORWARD_OTLP_ENDPOINT is no URL: " + e.getReason());
        }
        if (!("http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme())) || url.getHost() == null) {
            throw new IllegalArgumentException("FORWARD_OTLP_ENDPOINT must be http://host:port or https://host:port, a path may follow");
        }
        if (url.getRawQuery() != null || url.getRawFragment() != null) {
            throw new IllegalArgumentException("FORWARD_OTLP_ENDPOINT must end with its path: the paths of the signals are appended");
        }
        Map<String, String> all = parseHeaders(headers);
        if (url.getUserInfo() != null) {
            all.putIfAbsent("Authorization",
                    "Basic " + Base64.getEncoder().encodeToString(url.getUserInfo().getBytes(StandardCharsets.UTF_8)));
        }
        String port = url.getPort() < 0 ? "" : ":" + url.getPort();
        String path = url.getRawPath().replaceAll("/+$", "");
        return new Destination(URI.create(url.getScheme().toLowerCase(Locale.ROOT) + "://" + url.getHost() + port + path),
                Collections.unmodifiableMap(all));
    }

    private static Map<String, String> parseHeaders(String text) {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        int entries = 0;
        for (String entry : text.split(",")) {
            entries++;
            if (entry.isBlank()) {
                continue;
            }
            int equals = entry.indexOf('=');
            String name = equals < 0 ? "" : entry.substring(0, equals).strip();
            if (!NAME.matcher(name).matches()) {
                throw new IllegalArgumentException("FORWARD_OTLP_HEADERS is name=value,... but entry " + entries + " is not");
            }
            if (OWN.contains(name.toLowerCase(Locale.ROOT))) {
                throw new IllegalArgumentException("FORWARD_OTLP_HEADERS has " + name + ", which each request sets for itself");
            }
            headers.put(name, decode(name, entry.substring(equals + 1).strip()));
        }
        return headers;
    }

    private static String decode(String name, String value) {
        try {
            // The decoder is that of HTML forms, where a plus is a blank.
            String decoded = URLDecoder.decode(value.replace("+", "%2B"), StandardCharsets.UTF_8);
            if (VALUE.matcher(decoded).matches()) {
                return decoded;
            }
        } catch (IllegalArgumentException notPercentEncoded) {
            // Its message would repeat the value.
        }
        throw new IllegalArgumentException("FORWARD_OTLP_HEADERS has a value for " + name
                + " that is not percent-encoded or has a character that no header may have");
    }

    URI of(String path) {
        return URI.create(endpoint + path);
    }

    /** Whether it is this port of this machine, under whatever name. */
    boolean isHere(int port) {
        int its = endpoint.getPort() >= 0 ? endpoint.getPort() : endpoint.getScheme().equals("https") ? 443 : 80;
        if (its != port) {
            return false;
        }
        try {
            var address = InetAddress.getByName(endpoint.getHost());
            return address.isLoopbackAddress() || address.isAnyLocalAddress() || NetworkInterface.getByInetAddress(address) != null;
        } catch (IOException unknown) {
            return false;
        }
    }

    @Override
    public String toString() {
        return endpoint.toString();
    }
}
