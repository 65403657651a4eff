package org.debugshop.launcher.console;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.jr.ob.JSON;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.NoRouteToHostException;
import java.net.ProtocolException;
import java.net.Proxy;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.debugshop.launcher.instance.Instance;
import org.debugshop.launcher.instance.State;
import org.debugshop.launcher.terminal.Printable;

/**
 * A client of the API of an instance's console. Every error is a {@link Refusal} with a message for the user.
 *
 * @param url without a slash at its end
 * @param password {@code ADMIN_PASSWORD} in the environment of this command
 * @param readTimeout how long to wait for the start of the answer, and for each further part
 */
public record ConsoleClient(String url, Optional<String> password, Duration readTimeout) {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration READ_TIMEOUT = Duration.ofSeconds(10);
    /** This is longer than the console waits until a fault is as wanted. */
    private static final Duration SWITCH_TIMEOUT = Duration.ofSeconds(30);
    private static final String ACCEPTED = "application/json, text/event-stream";
    private static final String EVENT = "data:";
    private static final int MAX_ERROR_BYTES = 8 * 1024;
    /** The status that {@link HttpURLConnection} returns for an answer that is not HTTP. */
    private static final int NO_HTTP = -1;

    public ConsoleClient(String url, Optional<String> password) {
        this(url, password, READ_TIMEOUT);
    }

    /** The console did not execute the request. */
    public static final class Refusal extends IOException {

        enum Reason {
            /** Nothing listens there. */
            NOT_UP,
            /** There is a connection, but no answer in time. */
            TOO_SLOW,
            /** The connection ended before the answer did. */
            CUT_OFF,
            /** The answer is not that of a console of this version. */
            UNREADABLE,
            /** The console answered with 404. */
            NOT_FOUND,
            /** The console answered with another status than 200 or 204. */
            REFUSED
        }

        private final Reason reason;

        private Refusal(Reason reason, String sentence) {
            super(sentence);
            this.reason = reason;
        }

        Reason reason() {
            return reason;
        }

        public boolean isNotFound() {
            return reason == Reason.NOT_FOUND;
        }

        /** Returns whether there was no complete answer, for example because the console is being restarted. */
        public boolean isAbsence() {
            return switch (reason) {
                case NOT_UP, TOO_SLOW, CUT_OFF -> true;
                case UNREADABLE, NOT_FOUND, REFUSED -> false;
            };
        }
    }

    /** @param cursor null on the last page */
    public record TracePage(List<TraceLine> traces, String cursor) {}

    /** The names are those of the JSON. */
    public record TraceLine(String trace_id, String start, long duration_us) {}

    public static ConsoleClient of(Instance instance) throws IOException {
        var host = State.read(instance).map(State::host).orElse(Instance.DEFAULT_HOST);
        var password = Optional.ofNullable(System.getenv("ADMIN_PASSWORD")).filter(given -> !given.isEmpty());
        return new ConsoleClient(instance.url(instance.topology().find("console").orElseThrow(), host), password);
    }

    private ConsoleClient withReadTimeout(Duration other) {
        return new ConsoleClient(url, password, other);
    }

    /** Returns all faults, with their state. */
    public List<FaultView> failures() throws IOException {
        return ask("GET", "/api/failures", null, body -> JSON.std.listOfFrom(FaultView.class, body));
    }

    public FaultView failure(String id) throws IOException {
        return ask("GET", "/api/failures/" + id, null, body -> JSON.std.beanFrom(FaultView.class, body));
    }

    /** Switches a fault on or off, and returns it with its new state. @param strength empty for the default */
    public FaultView change(String id, boolean active, OptionalDouble strength) throws IOException {
        var json = "{\"active\":" + active + (strength.isPresent() ? ",\"strength\":" + strength.getAsDouble() : "") + "}";
        return withReadTimeout(SWITCH_TIMEOUT).ask("PUT", "/api/failures/" + id, json, body -> JSON.std.beanFrom(FaultView.class, body));
    }

    /** Starts an incident game. @param seed empty for any */
    public Incident startIncident(OptionalLong seed) throws IOException {
        return incident("POST", "/api/incident", seed.isPresent() ? "{\"seed\":" + seed.getAsLong() + "}" : "{}");
    }

    public Incident guess(String component, String kind) throws IOException {
        return incident("POST", "/api/incident/guesses",
                JSON.std.composeString().startObject().put("component", component).put("kind", kind).end().finish());
    }

    /** Ends the incident game, and returns it with the answer. */
    public Incident giveUp() throws IOException {
        return incident("DELETE", "/api/incident", null);
    }

    private Incident incident(String method, String path, String json) throws IOException {
        return withReadTimeout(SWITCH_TIMEOUT).ask(method, path, json, body -> Incident.parse(new String(body.readAllBytes(), UTF_8)));
    }

    /** Returns what fails now, and why. */
    public Diagnosis diagnosis() throws IOException {
        return ask("GET", "/api/incidents", null, body -> Diagnosis.parse(new String(body.readAllBytes(), UTF_8)));
    }

    /** Returns traces, the newest first. */
    public TracePage traces(Map<String, String> query) throws IOException {
        var parameters = query.entrySet().stream()
                .map(parameter -> parameter.getKey() + "=" + URLEncoder.encode(parameter.getValue(), UTF_8))
                .collect(Collectors.joining("&"));
        return ask("GET", "/api/traces?" + parameters, null, body -> JSON.std.beanFrom(TracePage.class, body));
    }

    public Trace trace(String id) throws IOException {
        return ask("GET", "/api/traces/" + id, null, Trace::parse);
    }

    /** Returns the JSON of a trace unchanged, without a line break at the end. */
    public void copyTrace(String id, OutputStream to) throws IOException {
        ask("GET", "/api/traces/" + id, null, body -> body.transferTo(to));
    }

    /** Returns the live routes, the oldest first. */
    public List<RouteView> routes() throws IOException {
        return ask("GET", "/api/routes", null, body -> JSON.std.beanFrom(RouteView.All.class, body)).routes();
    }

    /** Makes, changes or renews a route, and returns it. */
    public RouteView put(RouteView.Wanted route) throws IOException {
        return ask("PUT", "/api/routes/" + route.id(), route.json(), body -> JSON.std.beanFrom(RouteView.class, body));
    }

    /** Ends a route, if there is one. */
    public void removeRoute(String id) throws IOException {
        ask("DELETE", "/api/routes/" + id, null, body -> body);
    }

    /** Returns the figures of each version of a service. @param since a duration or a time */
    public Copies copies(String service, String since) throws IOException {
        return ask("GET", "/api/services/" + service + "/copies?since=" + URLEncoder.encode(since, UTF_8), null,
                body -> JSON.std.beanFrom(Copies.class, body));
    }

    /**
     * Listens to what an instance of a service shall do, until the stream ends.
     *
     * @param take takes the state: at once, after each change, and every few seconds
     */
    public void listen(String service, String instance, Consumer<Controls> take) throws IOException {
        ask("GET", "/controls?service=" + service + "&instance=" + instance, null, body -> {
            var lines = new BufferedReader(new InputStreamReader(body, UTF_8));
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(EVENT)) {
                    take.accept(JSON.std.beanFrom(Controls.class, line.substring(EVENT.length())));
                }
            }
            return body;
        });
    }

    /** Reports what an instance of a service has applied. */
    public void report(String service, String instance, String json) throws IOException {
        ask("PUT", "/controls/" + service + "/" + instance, json, body -> body);
    }

    private interface Reading<T> {
        T from(InputStream body) throws IOException;
    }

    private <T> T ask(String method, String path, String json, Reading<T> reading) throws IOException {
        var connection = (HttpURLConnection) URI.create(url + path).toURL().openConnection(Proxy.NO_PROXY);
        try {
            connection.setConnectTimeout((int) CONNECT_TIMEOUT.toMillis());
            connection.setReadTimeout((int) readTimeout.toMillis());
            connection.setInstanceFollowRedirects(false);
            connection.setRequestMethod(method);
            connection.setRequestProperty("Accept", ACCEPTED);
            password.ifPresent(given -> connection.setRequestProperty("Authorization",
                    "Basic " + Base64.getEncoder().encodeToString(("admin:" + given).getBytes(UTF_8))));
            if (json != null) {
                connection.setRequestProperty("Content-Type", "application/json");
                connection.setDoOutput(true);
                connection.getOutputStream().write(json.getBytes(UTF_8));
            }
            var status = connection.getResponseCode();
            if (status != HttpURLConnection.HTTP_OK && status != HttpURLConnection.HTTP_NO_CONTENT) {
                throw refusal(status, connection.getErrorStream());
            }
            try (var body = connection.getInputStream()) {
                return reading.from(body);
            }
        } catch (Refusal refusal) {
            throw refusal;
        } catch (ConnectException | NoRouteToHostException | UnknownHostException absent) {
            throw new Refusal(Refusal.Reason.NOT_UP, "The console at " + url + " is not up; ./shop up starts everything.");
        } catch (SocketTimeoutException slow) {
            throw new Refusal(Refusal.Reason.TOO_SLOW, "The console at " + url + " does not answer in time.");
        } catch (JacksonException | ProtocolException unreadable) {
            throw new Refusal(Refusal.Reason.UNREADABLE, "What answers at " + url + " is not a console of this version.");
        } catch (IOException cutOff) {
            throw new Refusal(Refusal.Reason.CUT_OFF, "The console at " + url + " ended the connection before its answer was complete.");
        } finally {
            connection.disconnect();
        }
    }

    private Refusal refusal(int status, InputStream body) throws IOException {
        var reason = status == HttpURLConnection.HTTP_NOT_FOUND ? Refusal.Reason.NOT_FOUND : Refusal.Reason.REFUSED;
        if (status == HttpURLConnection.HTTP_UNAUTHORIZED) {
            return new Refusal(reason, "The console asks for a password: " + (password.isEmpty()
                    ? "set ADMIN_PASSWORD for this command as it was for ./shop up."
                    : "ADMIN_PASSWORD is not the one that ./shop up had."));
        }
        if (status == NO_HTTP) {
            return new Refusal(Refusal.Reason.UNREADABLE, "What answers at " + url + " is not a console: it does not speak HTTP.");
        }
        var text = body == null ? "" : new String(body.readNBytes(MAX_ERROR_BYTES), UTF_8);
        try {
            var sentence = JSON.std.mapFrom(text).get("error");
            return new Refusal(reason, sentence == null ? "The console answered " + status + "." : Printable.of(sentence.toString()) + ".");
        } catch (IOException notOurs) {
            return new Refusal(reason, "What answers at " + url + " is not a console: " + status + ".");
        }
    }
}
