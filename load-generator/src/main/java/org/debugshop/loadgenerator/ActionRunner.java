package org.debugshop.loadgenerator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;
import io.quarkus.logging.Log;
import io.quarkus.vertx.core.runtime.context.VertxContextSafetyToggle;
import io.smallrye.common.vertx.VertxContext;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.impl.VertxInternal;
import jakarta.ws.rs.ProcessingException;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.debugshop.defaults.telemetry.Failure;
import org.debugshop.defaults.telemetry.LogFields;
import org.debugshop.defaults.upstream.Upstream;
import org.debugshop.defaults.upstream.UpstreamFailure;

/**
 * Runs actions. Each action starts its own trace: a root span with the action's name, and the HTTP request below it. Each action
 * runs in its own Vert.x context, which carries its span and nothing of other actions.
 */
final class ActionRunner {

    /** Groups the actions of one user; OpenTelemetry semantic conventions, "session". */
    static final AttributeKey<String> SESSION_ID = AttributeKey.stringKey("session.id");
    static final AttributeKey<String> METHOD = AttributeKey.stringKey("http.request.method");
    static final AttributeKey<String> TEMPLATE = AttributeKey.stringKey("url.template");
    static final AttributeKey<Long> STATUS = AttributeKey.longKey("http.response.status_code");
    /** The error in the answer's body, cut at {@value #MAX_ERROR} characters. */
    static final AttributeKey<String> ERROR = AttributeKey.stringKey("shop.error");

    private static final int MAX_ERROR = 200;

    private final VertxInternal vertx;
    private final Tracer tracer;
    private final Upstream target;
    private final RequestMetrics metrics;
    private final ObjectMapper json;

    private final Set<Run> running = ConcurrentHashMap.newKeySet();
    private final CompletableFuture<Void> idle = new CompletableFuture<>();
    private volatile boolean stopped;

    ActionRunner(VertxInternal vertx, Tracer tracer, Upstream target, RequestMetrics metrics, ObjectMapper json) {
        this.vertx = vertx;
        this.tracer = tracer;
        this.target = target;
        this.metrics = metrics;
        this.json = json;
    }

    /** Returns how many actions wait for their answer. */
    int inFlight() {
        return running.size();
    }

    /** Like {@link #run(Action, String, long, Consumer)}, due now. */
    void run(Action action, String sessionId, Consumer<Boolean> then) {
        run(action, sessionId, System.nanoTime(), then);
    }

    /**
     * Starts an action, or does nothing if this runner is stopped.
     *
     * @param sessionId the user's session
     * @param due when the action should start, by {@link System#nanoTime()}. The latency counts from then, so it includes delays of
     *        this process
     * @param then called with whether the action succeeded; not called if this runner was stopped meanwhile
     */
    void run(Action action, String sessionId, long due, Consumer<Boolean> then) {
        var context = VertxContext.createNewDuplicatedContext(vertx.createEventLoopContext());
        VertxContextSafetyToggle.setContextSafe(context, true);
        var run = new Run(action, sessionId, due, then, context);
        running.add(run);
        if (stopped) {
            ended(run);
        } else {
            context.runOnContext(_ -> run.begin());
        }
    }

    /**
     * Starts no further actions, waits for those in flight, and abandons the rest after {@code patience}. It ends the spans of
     * those, so that no trace lacks its root.
     */
    void stop(Duration patience) {
        stopped = true;
        if (!running.isEmpty()) {
            try {
                idle.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException tooLong) {
                running.forEach(Run::abandon);
            } catch (InterruptedException | ExecutionException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void ended(Run run) {
        running.remove(run);
        if (stopped && running.isEmpty()) {
            idle.complete(null);
        }
    }

    /** An action in flight. Everything except {@link #abandon} runs on its context. */
    private final class Run {

        private final Action action;
        private final String sessionId;
        private final long due;
        private final Consumer<Boolean> then;
        private final Context context;

        private volatile Span span = Span.getInvalid();
        private Scope scope;

        Run(Action action, String sessionId, long due, Consumer<Boolean> then, Context context) {
            this.action = action;
            this.sessionId = sessionId;
            this.due = due;
            this.then = then;
            this.context = context;
        }

        void begin() {
            span = tracer.spanBuilder(action.name()).setNoParent().setAttribute(SESSION_ID, sessionId).setAllAttributes(action.attributes())
                    .startSpan();
            // The scope stays open until the answer arrives, because the context belongs to this action only.
            scope = span.makeCurrent();
            // A timeout fires on another thread, which has no trace, so the result is emitted on the context.
            target.call(Uni.createFrom().deferred(() -> action.request().get()).map(answer -> outcome(answer)))
                    .onFailure().recoverWithItem(thrown -> outcome(thrown))
                    .emitOn(task -> context.runOnContext(_ -> task.run()))
                    .subscribe().with(this::end);
        }

        private void end(Outcome outcome) {
            metrics.answered(action, outcome.status(), Duration.ofNanos(System.nanoTime() - due));
            if (!outcome.succeeded()) {
                span.setStatus(StatusCode.ERROR, outcome.error()).setAttribute(Failure.ERROR_TYPE, outcome.errorType());
                // Failures after the stop are not logged: the system may be stopping, too, so the last requests fail.
                if (!stopped) {
                    log(action, sessionId, outcome);
                }
            }
            scope.close();
            span.end();
            ended(this);
            if (!stopped) {
                then.accept(outcome.succeeded());
            }
        }

        void abandon() {
            span.end();
        }
    }

    /**
     * The result of an action.
     *
     * @param status 0 if there was no answer
     * @param errorType null if it succeeded
     * @param error null if it succeeded
     */
    private record Outcome(int status, String errorType, String error) {

        boolean succeeded() {
            return errorType == null;
        }
    }

    private static void log(Action action, String sessionId, Outcome outcome) {
        var method = action.method().toUpperCase(Locale.ROOT);
        try (var _ = LogFields.of(METHOD, method).and(TEMPLATE, action.endpoint()).and(STATUS, (long) outcome.status())
                .and(ERROR, outcome.error()).and(SESSION_ID, sessionId)) {
            Log.errorf("Failed to %s: %s %s %s: %s", action.name(), method, action.endpoint(),
                    outcome.status() == 0 ? "got no answer" : "answered " + outcome.status(), outcome.error());
        }
    }

    /** Must be called when the answer arrives, because the client then discards its body. */
    private Outcome outcome(Response answer) {
        var status = answer.getStatus();
        return status < 400 ? new Outcome(status, null, null) : new Outcome(status, String.valueOf(status), errorOf(answer));
    }

    private static Outcome outcome(Throwable thrown) {
        var tooSlow = thrown instanceof UpstreamFailure failure && failure.kind() == UpstreamFailure.Kind.TOO_SLOW;
        return new Outcome(0, tooSlow ? "timeout" : "unreachable", thrown.getMessage());
    }

    private String errorOf(Response answer) {
        try {
            var body = answer.readEntity(String.class); // only read automatically if the status is 2xx
            var error = body == null ? "" : json.readTree(body).path("error").asText();
            if (!error.isBlank()) {
                return error.length() <= MAX_ERROR ? error : error.substring(0, MAX_ERROR) + "…";
            }
        } catch (JsonProcessingException | ProcessingException notJson) {
            // handled below, like a body without an error
        }
        return "the answer has no error text";
    }
}
