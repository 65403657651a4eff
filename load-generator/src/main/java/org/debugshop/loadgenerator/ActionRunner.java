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
 * Runs actions. Each is a trace of its own that starts here: a root span named after the action, below it the HTTP request.
 * Each runs in a Vert.x context of its own, which carries its span and nothing of the action before it or beside it.
 */
final class ActionRunner {

    /** Ties the actions of one user together; OpenTelemetry semantic conventions, "session". */
    static final AttributeKey<String> SESSION_ID = AttributeKey.stringKey("session.id");
    static final AttributeKey<String> METHOD = AttributeKey.stringKey("http.request.method");
    static final AttributeKey<String> TEMPLATE = AttributeKey.stringKey("url.template");
    static final AttributeKey<Long> STATUS = AttributeKey.longKey("http.response.status_code");
    /** What the answer says went wrong, at most {@value #MAX_ERROR} characters of it. */
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

    /** @return how many actions wait for their answer */
    int inFlight() {
        return running.size();
    }

    /** As {@link #run(Action, String, long, Consumer)}, due now. */
    void run(Action action, String sessionId, Consumer<Boolean> then) {
        run(action, sessionId, System.nanoTime(), then);
    }

    /**
     * Begins an action, unless this is stopped: then nothing happens.
     *
     * @param sessionId the user's
     * @param due       when it was to begin, by {@link System#nanoTime()}: from then its latency counts, so that it includes what this
     *                  process itself was late with
     * @param then      gets to know whether the action succeeded; not called when this was stopped meanwhile
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
     * Lets no new action begin, gives those that wait for an answer a while, and gives up on the rest: their spans end here, so that
     * no trace lacks its root.
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

    /** One action under way. All but {@link #abandon} happens on its context. */
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
            // Open until the answer is here: the context is this action's alone.
            scope = span.makeCurrent();
            // The deadline strikes on another thread, which knows nothing of this trace.
            target.call(Uni.createFrom().deferred(() -> action.request().get()).map(answer -> outcome(answer)))
                    .onFailure().recoverWithItem(thrown -> outcome(thrown))
                    .emitOn(task -> context.runOnContext(_ -> task.run()))
                    .subscribe().with(this::end);
        }

        private void end(Outcome outcome) {
            metrics.answered(action, outcome.status(), Duration.ofNanos(System.nanoTime() - due));
            if (!outcome.succeeded()) {
                span.setStatus(StatusCode.ERROR, outcome.error()).setAttribute(Failure.ERROR_TYPE, outcome.errorType());
                // What is stopped beside us, and takes our last requests with it, is no failure worth a line.
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
     * How an action ended.
     *
     * @param status    0 when there was no answer
     * @param errorType null when it succeeded
     * @param error     likewise
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

    /** To be called where the answer comes in: its body is gone once the client is done with it. */
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
            var body = answer.readEntity(String.class); // not read by itself unless the status is a 2xx
            var error = body == null ? "" : json.readTree(body).path("error").asText();
            if (!error.isBlank()) {
                return error.length() <= MAX_ERROR ? error : error.substring(0, MAX_ERROR) + "…";
            }
        } catch (JsonProcessingException | ProcessingException notJson) {
            // told below, like a body that does not say
        }
        return "the answer does not say why";
    }
}
