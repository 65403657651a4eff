package org.debugshop.console.otlp;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.quarkus.logging.Log;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.io.EOFException;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.debugshop.console.ConsoleConfig;
import org.debugshop.console.forward.ExportRequest;
import org.debugshop.console.forward.Forwarder;
import org.debugshop.console.otlp.Encoding.RpcCode;

/**
 * OTLP over HTTP, on a port of its own: {@code POST /v1/traces}, {@code /v1/logs}, {@code /v1/metrics}, by
 * <a href="https://opentelemetry.io/docs/specs/otlp/#otlphttp">the OTLP specification</a>.
 *
 * <p>The event loop only collects bodies; {@value #WORKERS} worker threads read them. Bodies on their way are bounded in number and in
 * bytes; who comes
 * beyond is told 429 with {@code Retry-After}, and exporters come again. So a flood costs answers, never memory.
 */
@Singleton
public final class OtlpServer {

    static final int MAX_BODY_BYTES = 4 * 1024 * 1024;
    static final int MAX_REQUESTS = 32;
    static final int MAX_BYTES = 2 * MAX_BODY_BYTES;
    private static final int WORKERS = 2;
    private static final long BODY_SECONDS = 10;
    private static final String RETRY_AFTER_SECONDS = "1";
    private static final String VIA = "Via";

    private final Vertx vertx;
    private final OtlpReceiver receiver;
    private final Forwarder forwarder;
    private final ConsoleConfig config;
    private final MeterRegistry registry;
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private HttpServer server;
    private WorkerExecutor workers;

    OtlpServer(Vertx vertx, OtlpReceiver receiver, Forwarder forwarder, ConsoleConfig config, MeterRegistry registry) {
        this.vertx = vertx;
        this.receiver = receiver;
        this.forwarder = forwarder;
        this.config = config;
        this.registry = registry;
    }

    void start(@Observes StartupEvent event) {
        workers = vertx.createSharedWorkerExecutor("otlp", WORKERS, 1, TimeUnit.MINUTES);
        server = vertx.createHttpServer(new HttpServerOptions()
                .setHost(config.host()).setPort(config.otlpPort())
                .setHandle100ContinueAutomatically(true)
                .setIdleTimeout(60).setIdleTimeoutUnit(TimeUnit.SECONDS))
                .requestHandler(this::handle)
                .invalidRequestHandler(this::refuse);
        try {
            server.listen().toCompletionStage().toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
        } catch (CompletionException e) {
            throw new IllegalStateException("OTLP cannot be taken on %s:%d (OTLP_PORT): %s"
                    .formatted(config.host(), config.otlpPort(), e.getCause().getMessage()), e);
        }
        Log.infof("OTLP/HTTP is taken on %s:%d", config.host(), server.actualPort());
    }

    void stop(@Observes ShutdownEvent event) {
        if (server != null) {
            server.close().toCompletionStage().toCompletableFuture().orTimeout(5, TimeUnit.SECONDS).exceptionally(_ -> null).join();
            workers.close();
        }
    }

    /** Where it listens; of use when the port was 0. */
    public int port() {
        return server.actualPort();
    }

    private void handle(HttpServerRequest request) {
        Optional<Encoding> encoding = Encoding.ofContentType(request.getHeader(HttpHeaders.CONTENT_TYPE));
        var answer = new Answer(request, encoding.orElse(Encoding.JSON));
        Optional<Signal> signal = Signal.ofPath(request.path());
        String packing = Optional.ofNullable(request.getHeader(HttpHeaders.CONTENT_ENCODING)).orElse("identity").strip()
                .toLowerCase(Locale.ROOT);
        if (signal.isEmpty()) {
            answer.error(404, RpcCode.NOT_FOUND, "There are /v1/traces, /v1/logs and /v1/metrics");
        } else if (!request.method().equals(HttpMethod.POST)) {
            request.response().putHeader(HttpHeaders.ALLOW, "POST");
            answer.error(405, RpcCode.UNIMPLEMENTED, "OTLP is sent with POST");
        } else if (encoding.isEmpty()) {
            answer.error(415, RpcCode.INVALID_ARGUMENT, "The Content-Type must be application/x-protobuf or application/json");
        } else if (!packing.equals("gzip") && !packing.equals("identity")) {
            request.response().putHeader(HttpHeaders.ACCEPT_ENCODING, "gzip");
            answer.error(415, RpcCode.INVALID_ARGUMENT, "The Content-Encoding must be gzip or identity");
        } else if (forwarder.hasSeen(request.getHeader(VIA))) {
            answer.error(508, RpcCode.FAILED_PRECONDITION,
                    "This console has forwarded the request already: receivers forward to each other");
        } else if (contentLength(request) > MAX_BODY_BYTES) {
            answer.tooLarge();
        } else {
            new Upload(request, signal.get(), encoding.get(), packing.equals("gzip"), answer).begin();
        }
    }

    /** What is not even HTTP, or over the bounds of its first lines. What follows on such a connection cannot be told apart. */
    private void refuse(HttpServerRequest request) {
        var answer = new Answer(request, Encoding.ofContentType(request.getHeader(HttpHeaders.CONTENT_TYPE)).orElse(Encoding.JSON));
        request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        switch (request.decoderResult().cause()) {
            case TooLongHttpLineException _ -> answer.error(414, RpcCode.INVALID_ARGUMENT, "The first line of the request is too long");
            case TooLongHttpHeaderException _ -> answer.error(431, RpcCode.INVALID_ARGUMENT, "The headers of the request are too long");
            case null, default -> answer.error(400, RpcCode.INVALID_ARGUMENT, "The request is not valid HTTP/1.1");
        }
        request.connection().close();
    }

    private static long contentLength(HttpServerRequest request) {
        String header = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        try {
            return header == null ? 0 : Long.parseLong(header);
        } catch (NumberFormatException e) {
            return Long.MAX_VALUE;
        }
    }

    /** A body while it comes in. Everything but the reading runs on the event loop of its connection. */
    private final class Upload {
        private final HttpServerRequest request;
        private final Signal signal;
        private final Encoding encoding;
        private final boolean gzip;
        private final Answer answer;
        private Buffer body = Buffer.buffer();
        private long taken;
        private long deadline;
        private boolean open = true;

        Upload(HttpServerRequest request, Signal signal, Encoding encoding, boolean gzip, Answer answer) {
            this.request = request;
            this.signal = signal;
            this.encoding = encoding;
            this.gzip = gzip;
            this.answer = answer;
        }

        void begin() {
            if (requests.incrementAndGet() > MAX_REQUESTS) {
                requests.decrementAndGet();
                answer.busy();
                return;
            }
            deadline = vertx.setTimer(TimeUnit.SECONDS.toMillis(BODY_SECONDS), _ -> {
                release();
                request.connection().close();
            });
            request.handler(this::take);
            request.endHandler(_ -> read());
            request.exceptionHandler(_ -> release());
        }

        private void take(Buffer chunk) {
            if (!open) {
                return;
            }
            taken += chunk.length();
            if (bytes.addAndGet(chunk.length()) > MAX_BYTES) {
                release();
                answer.busy();
            } else if (taken > MAX_BODY_BYTES) {
                release();
                answer.tooLarge();
            } else {
                body.appendBuffer(chunk);
            }
        }

        private void read() {
            if (!open) {
                return;
            }
            vertx.cancelTimer(deadline);
            // From here on the bounds are given back when it has been read, also if the sender does not wait for that.
            request.exceptionHandler(null);
            byte[] packed = body.getBytes();
            body = null;
            workers.executeBlocking(() -> receiver.receive(signal, encoding, gzip, packed), false).onComplete(read -> {
                release();
                switch (read.cause()) {
                    case null -> {
                        answer.send(200, read.result());
                        forwarder.offer(toForward(packed));
                    }
                    case BoundedInputStream.TooLongException tooLong -> answer.error(413, RpcCode.INVALID_ARGUMENT, sentence(tooLong));
                    case IOException unreadable -> answer.error(400, RpcCode.INVALID_ARGUMENT, sentence(unreadable));
                    case Throwable bug -> {
                        Log.error("An OTLP request failed", bug);
                        answer.error(500, RpcCode.INTERNAL, "The request could not be handled");
                    }
                }
            });
        }

        private ExportRequest toForward(byte[] packed) {
            return new ExportRequest(request.path(), request.getHeader(HttpHeaders.CONTENT_TYPE),
                    gzip ? Optional.of("gzip") : Optional.empty(),
                    Optional.ofNullable(request.getHeader(VIA)), packed);
        }

        /** Gives back what this upload holds of the bounds; once. */
        private void release() {
            if (open) {
                open = false;
                body = null;
                vertx.cancelTimer(deadline);
                requests.decrementAndGet();
                bytes.addAndGet(-taken);
            }
        }

        private String sentence(IOException problem) {
            String message = switch (problem) {
                case JsonProcessingException json when json.getLocation() != null -> "it is not the JSON of OTLP at line "
                        + json.getLocation().getLineNr() + ", column " + json.getLocation().getColumnNr();
                case EOFException _ -> "its gzip ends too early";
                default -> problem.getMessage();
            };
            return "The body cannot be read as " + signal.name().toLowerCase(Locale.ROOT) + ": " + message;
        }
    }

    private final class Answer {
        private final HttpServerRequest request;
        private final Encoding encoding;

        Answer(HttpServerRequest request, Encoding encoding) {
            this.request = request;
            this.encoding = encoding;
        }

        void busy() {
            request.response().putHeader(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
            error(429, RpcCode.RESOURCE_EXHAUSTED, "Too much arrives at once; try again in a second");
        }

        void tooLarge() {
            error(413, RpcCode.INVALID_ARGUMENT, "The body is over " + MAX_BODY_BYTES + " bytes");
        }

        void error(int status, RpcCode code, String message) {
            registry.counter("console.otlp.refused", "status", Integer.toString(status)).increment();
            send(status, encoding.error(code, message));
        }

        void send(int status, byte[] body) {
            var response = request.response();
            if (!response.ended() && !response.closed()) {
                response.setStatusCode(status).putHeader(HttpHeaders.CONTENT_TYPE, encoding.contentType).end(Buffer.buffer(body));
            }
        }
    }
}
