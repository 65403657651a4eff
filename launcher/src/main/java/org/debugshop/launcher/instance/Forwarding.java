package org.debugshop.launcher.instance;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Another OTLP receiver that gets all telemetry, such as the user's own Collector.
 *
 * @param endpoint http or https, without user and password; the paths of the signals are appended to it
 * @param headers {@code name=value,...} with percent-encoded values, like {@code OTEL_EXPORTER_OTLP_HEADERS}. They are secrets. They
 *     may be in
 *     the environment of a process, but not on a command line, in a file or in a log
 */
public record Forwarding(URI endpoint, String headers) {

    /** {@code token} of RFC 9110, 5.6.2 */
    private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
    private static final Set<String> OF_EACH_REQUEST = Set.of("content-type", "content-encoding", "content-length", "transfer-encoding",
            "connection");
    private static final Pattern VALUE = Pattern.compile("[\\x20-\\x7e]*");

    /**
     * @param url the value of the option; user and password become a header
     * @param given headers in the form of {@link #headers}, or blank
     * @param more further headers as {@code name=value}, not encoded
     * @throws IllegalArgumentException with a message that does not contain the value of a header
     */
    public static Forwarding parse(String url, String given, List<String> more) {
        URI parsed;
        try {
            parsed = new URI(url.strip());
        } catch (URISyntaxException noUrl) {
            throw new IllegalArgumentException("--otlp-endpoint is no URL: " + noUrl.getReason() + ".");
        }
        var http = "http".equalsIgnoreCase(parsed.getScheme()) || "https".equalsIgnoreCase(parsed.getScheme());
        if (!http || parsed.getHost() == null || parsed.getPort() > 65_535) {
            throw new IllegalArgumentException("--otlp-endpoint must be http://HOST:PORT or https://HOST:PORT; a path may follow.");
        }
        if (parsed.getRawQuery() != null || parsed.getRawFragment() != null) {
            throw new IllegalArgumentException("--otlp-endpoint must end with its path: /v1/traces and the like are appended.");
        }
        var headers = new ArrayList<String>();
        if (parsed.getUserInfo() != null) {
            headers.add(encoded("Authorization=Basic "
                    + Base64.getEncoder().encodeToString(parsed.getUserInfo().getBytes(StandardCharsets.UTF_8))));
        }
        for (var header : given.split(",")) {
            if (!header.isBlank()) {
                check(decoded(header),
                        "--otlp-header (FORWARD_OTLP_HEADERS, OTEL_EXPORTER_OTLP_HEADERS) is name=value, percent-encoded in a variable");
                headers.add(header.strip());
            }
        }
        for (var header : more) {
            check(header, "--otlp-header is name=value");
            headers.add(encoded(header));
        }
        var port = parsed.getPort() < 0 ? "" : ":" + parsed.getPort();
        var path = parsed.getRawPath().replaceAll("/+$", "");
        return new Forwarding(URI.create(parsed.getScheme().toLowerCase(Locale.ROOT) + "://" + parsed.getHost() + port + path),
                String.join(",", headers));
    }

    private static void check(String header, String rule) {
        var equals = header.indexOf('=');
        var name = header.substring(0, Math.max(0, equals)).strip();
        if (!NAME.matcher(name).matches() || !VALUE.matcher(header.substring(equals + 1)).matches()) {
            throw new IllegalArgumentException(rule + "; what is given is not, or has a character that no header may have.");
        }
        if (OF_EACH_REQUEST.contains(name.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException("--otlp-header " + name + " is what each request sets for itself.");
        }
    }

    /** Returns the decoded header. If the value is not percent-encoded, the result has no equals sign, and {@link #check} refuses it. */
    private static String decoded(String header) {
        var value = header.indexOf('=') + 1;
        try {
            // This decoder is for HTML forms, so it would decode a plus as a blank.
            return header.substring(0, value) + URLDecoder.decode(header.substring(value).replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException notEncoded) {
            return "";
        }
    }

    /** Encodes only ambiguous characters, for receivers that do not decode. */
    private static String encoded(String header) {
        var equals = header.indexOf('=');
        var value = new StringBuilder();
        header.substring(equals + 1).chars().forEach(c -> value.append(
                "%,;\"\\${}".indexOf(c) < 0 ? Character.toString(c) : URLEncoder.encode(Character.toString(c), StandardCharsets.UTF_8)));
        return header.substring(0, equals).strip() + "=" + value;
    }

    /** Returns whether the endpoint is this port of this machine, under any name. */
    public boolean isHere(int port) {
        var its = endpoint.getPort() >= 0 ? endpoint.getPort() : endpoint.getScheme().equals("https") ? 443 : 80;
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
