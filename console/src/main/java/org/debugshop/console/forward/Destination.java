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
 * Another OTLP/HTTP receiver. Its text form is only the endpoint, because the headers are secrets.
 *
 * @param endpoint http or https, without a slash at the end; the paths of the signals are appended
 * @param headers the headers of each request, by name in any case
 */
record Destination(URI endpoint, Map<String, String> headers) {

    /** {@code token} of RFC 9110, 5.6.2 */
    private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
    /** RFC 9110, 5.5, but only ASCII, because servers interpret other characters differently. */
    private static final Pattern VALUE = Pattern.compile("[\\t\\x20-\\x7e]*");
    /** The headers that each request sets itself. */
    private static final Set<String> OWN = Set.of("content-type", "content-encoding", "content-length", "transfer-encoding", "connection");

    /**
     * Parses an endpoint and its headers.
     *
     * @param endpoint a base URL; a user and a password in it become a header {@code Authorization}
     * @param headers {@code name=value,...} with percent-encoded values, as in {@code OTEL_EXPORTER_OTLP_HEADERS} of the
     *        OpenTelemetry specification
     * @throws IllegalArgumentException with the reason, but without the value of a header
     */
    static Destination parse(String endpoint, String headers) {
        URI url;
        try {
            url = new URI(endpoint.strip());
        } catch (URISyntaxException e) {
            // Not as the cause, because its message contains the text, which may have a password.
            throw new IllegalArgumentException("FORWARD_OTLP_ENDPOINT is not a URL: " + e.getReason());
        }
        if (!("http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme())) || url.getHost() == null) {
            throw new IllegalArgumentException("FORWARD_OTLP_ENDPOINT must be http://host:port or https://host:port, a path may follow");
        }
        if (url.getRawQuery() != null || url.getRawFragment() != null) {
            throw new IllegalArgumentException(
                    "FORWARD_OTLP_ENDPOINT must not have a query or a fragment, because the paths of the signals are appended");
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
                throw new IllegalArgumentException(
                        "FORWARD_OTLP_HEADERS has " + name + ", which cannot be set because each request sets it");
            }
            headers.put(name, decode(name, entry.substring(equals + 1).strip()));
        }
        return headers;
    }

    private static String decode(String name, String value) {
        try {
            // URLDecoder is for HTML forms and would turn a plus into a space.
            String decoded = URLDecoder.decode(value.replace("+", "%2B"), StandardCharsets.UTF_8);
            if (VALUE.matcher(decoded).matches()) {
                return decoded;
            }
        } catch (IllegalArgumentException notPercentEncoded) {
            // Its message would contain the value.
        }
        throw new IllegalArgumentException("FORWARD_OTLP_HEADERS has a value for " + name
                + " that is not percent-encoded or has a character that is not allowed in headers");
    }

    URI of(String path) {
        return URI.create(endpoint + path);
    }

    /** Returns whether the endpoint is this port of this machine, under any name. */
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
