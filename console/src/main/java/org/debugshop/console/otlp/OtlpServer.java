package org.debugshop.console.otlp;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.quarkus.logging.Log;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.handler.CorsHandler;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPOutputStream;
import org.debugshop.console.ConsoleConfig;
import org.debugshop.console.forward.ExportRequest;
import org.debugshop.console.forward.Forwarder;
import org.debugshop.console.otlp.Encoding.RpcCode;

/**
 * Receives OTLP by <a href="https://opentelemetry.io/docs/specs/otlp/">its specification</a>, over HTTP ({@code POST /v1/traces},
 * {@code /v1/logs}, {@code /v1/metrics}) and over gRPC. Each protocol has its usual port, but either port accepts both.
 *
 * <p>The event loop only collects bodies; {@value #WORKERS} worker threads read them. The number and the bytes of the bodies in
 * progress are limited, for both protocols together. Requests beyond the limit get 429 with {@code Retry-After}, or
 * RESOURCE_EXHAUSTED with {@code RetryInfo}, and exporters send them again. So too many requests don't exhaust the memory.
 */
@Singleton
public final class OtlpServer {

    static final int MAX_BODY_BYTES = 4 * 1024 * 1024;
    static final int MAX_REQUESTS = 32;
    static final int MAX_BYTES = 2 * MAX_BODY_BYTES;
    private static final int WORKERS = 2;
    private static final long BODY_SECONDS = 10;
    /** Longer than the minute that metrics exporters wait between requests. */
    private static final int IDLE_SECONDS = 150;
    private static final int PREFLIGHT_SECONDS = 600;
    private static final String VIA = "Via";
    private static final String GRPC_ENCODING = "grpc-encoding";
    private static final String ACCEPTED = "gzip, zstd";
    /** The accepted compressions if this machine can't unpack zstd. */
    private static final String ACCEPTED_WITHOUT_ZSTD = "gzip";
    /** An error code of HTTP/2. */
    private static final long CANCEL = 0x8;

    private final Vertx vertx;
    private final OtlpReceiver receiver;
    private final Forwarder forwarder;
    private final ConsoleConfig config;
    private final MeterRegistry registry;
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicBoolean zstdMissing = new AtomicBoolean();
    private HttpServer http;
    private HttpServer grpc;
    private WorkerExecutor workers;

    OtlpServer(Vertx vertx, OtlpReceiver receiver, Forwarder forwarder, ConsoleConfig config, MeterRegistry registry) {
        this.vertx = vertx;
        this.receiver = receiver;
        this.forwarder = forwarder;
        this.config = config;
        this.registry = registry;
    }

    void start(@Observes StartupEvent event) {
        Handler<HttpServerRequest> handler = config.otlpCorsOrigins().map(this::crossOrigin).orElse(this::handle);
        workers = vertx.createSharedWorkerExecutor("otlp", WORKERS, 1, TimeUnit.MINUTES);
        http = listen(handler, config.otlpPort(), "OTLP/HTTP", "OTLP_PORT");
        grpc = listen(handler, config.otlpGrpcPort(), "OTLP/gRPC", "OTLP_GRPC_PORT");
    }

    /**
     * Creates the CORS handler for SDKs in browsers. It allows credentials, which {@code navigator.sendBeacon} always sends, unless
     * all origins are allowed.
     */
    private Handler<HttpServerRequest> crossOrigin(List<String> origins) {
        List<String> named = origins.stream().map(String::strip).toList();
        boolean any = named.contains("*");
        CorsHandler cors;
        try {
            cors = CorsHandler.create().addOrigins(any ? List.of() : named).allowedMethod(HttpMethod.POST).allowCredentials(!any)
                    .maxAgeSeconds(PREFLIGHT_SECONDS);
        } catch (IllegalStateException e) {
            throw new IllegalArgumentException(
                    "OTLP_CORS_ORIGINS is * or origins like https://shop.example.com with commas between: " + e.getMessage(), e);
        }
        var router = Router.router(vertx);
        router.route().handler(cors);
        router.route().handler(context -> handle(context.request()));
        return router;
    }

    private HttpServer listen(Handler<HttpServerRequest> handler, int port, String protocol, String variable) {
        var server = vertx.createHttpServer(new HttpServerOptions()
                .setHost(config.host()).setPort(port)
                .setHandle100ContinueAutomatically(true)
                .setIdleTimeout(IDLE_SECONDS).setIdleTimeoutUnit(TimeUnit.SECONDS))
                .requestHandler(handler)
                .invalidRequestHandler(this::refuse);
        try {
            server.listen().toCompletionStage().toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
        } catch (CompletionException e) {
            throw new IllegalStateException("%s cannot be received on %s:%d (%s): %s"
                    .formatted(protocol, config.host(), port, variable, e.getCause().getMessage()), e);
        }
        Log.infof("%s is received on %s:%d", protocol, config.host(), server.actualPort());
        return server;
    }

    void stop(@Observes ShutdownEvent event) {
        close(http);
        close(grpc);
        if (workers != null) {
            workers.close();
        }
    }

    private static void close(HttpServer server) {
        if (server != null) {
            server.close().toCompletionStage().toCompletableFuture().orTimeout(5, TimeUnit.SECONDS).exceptionally(_ -> null).join();
        }
    }

    /** Returns the port for OTLP/HTTP, which matters if the configured port is 0. */
    public int port() {
        return http.actualPort();
    }

    /** Returns the port for OTLP/gRPC, which matters if the configured port is 0. */
    public int grpcPort() {
        return grpc.actualPort();
    }

    private void handle(HttpServerRequest request) {
        if (GrpcFrame.isIn(request)) {
            handleGrpc(request);
        } else {
            handleHttp(request);
        }
    }

    private void handleGrpc(HttpServerRequest request) {
        var answer = new Answer.Grpc(request);
        Optional<Signal> signal = Signal.ofGrpcPath(request.path());
        Optional<Packing> packing = Packing.of(request.getHeader(GRPC_ENCODING));
        if (signal.isEmpty()) {
            refuse(answer, 404, RpcCode.UNIMPLEMENTED,
                    "Not found; the only method is Export of OTLP's TraceService, LogsService and MetricsService");
        } else if (packing.isEmpty()) {
            refusePacking(answer, ACCEPTED);
        } else {
            receive(new Upload(request, signal.get(), Encoding.PROTOBUF, answer) {
                @Override
                Packed unframe(Buffer body) throws IOException {
                    var frame = GrpcFrame.parse(body);
                    if (frame.compressed() && packing.get() == Packing.IDENTITY) {
                        throw new IOException("its message is compressed, but has no grpc-encoding");
                    }
                    return new Packed(frame.compressed() ? packing.get() : Packing.IDENTITY, frame.message());
                }
            });
        }
    }

    private void handleHttp(HttpServerRequest request) {
        Optional<Encoding> encoding = Encoding.ofContentType(request.getHeader(HttpHeaders.CONTENT_TYPE));
        var answer = new Answer.Http(request, encoding.orElse(Encoding.JSON));
        Optional<Signal> signal = Signal.ofPath(request.path());
        Optional<Packing> packing = Packing.of(request.getHeader(HttpHeaders.CONTENT_ENCODING));
        if (signal.isEmpty()) {
            refuse(answer, 404, RpcCode.NOT_FOUND, "Not found; the paths are /v1/traces, /v1/logs and /v1/metrics");
        } else if (!request.method().equals(HttpMethod.POST)) {
            request.response().putHeader(HttpHeaders.ALLOW, "POST");
            refuse(answer, 405, RpcCode.UNIMPLEMENTED, "OTLP requires POST");
        } else if (encoding.isEmpty()) {
            refuse(answer, 415, RpcCode.INVALID_ARGUMENT, "The Content-Type must be application/x-protobuf or application/json");
        } else if (packing.isEmpty()) {
            refusePacking(answer, ACCEPTED);
        } else {
            receive(new Upload(request, signal.get(), encoding.get(), answer) {
                @Override
                Packed unframe(Buffer body) {
                    return new Packed(packing.get(), body.getBytes());
                }
            });
        }
    }

    private void receive(Upload upload) {
        if (forwarder.hasSeen(upload.request.getHeader(VIA))) {
            refuse(upload.answer, 508, RpcCode.FAILED_PRECONDITION,
                    "This console has already forwarded this request: receivers forward to each other in a loop");
        } else if (contentLength(upload.request) > MAX_BODY_BYTES) {
            tooLarge(upload.answer);
        } else {
            upload.begin();
        }
    }

    private void busy(Answer answer) {
        count(429);
        answer.retryLater(429, RpcCode.RESOURCE_EXHAUSTED, "Too many requests; retry in a second");
    }

    private void tooLarge(Answer answer) {
        refuse(answer, 413, RpcCode.RESOURCE_EXHAUSTED, "The body is over " + MAX_BODY_BYTES + " bytes");
    }

    private void refusePacking(Answer answer, String accepted) {
        count(415);
        answer.unsupportedPacking(accepted);
    }

    private void refuse(Answer answer, int status, RpcCode code, String message) {
        count(status);
        answer.failure(status, code, message);
    }

    private void count(int status) {
        Counter.builder("console.otlp.refused").description("OTLP requests refused as a whole, by HTTP status")
                .tag("status", Integer.toString(status)).register(registry).increment();
    }

    /** Refuses a request that isn't valid HTTP, or whose head is too long. The connection can't be used any more. */
    private void refuse(HttpServerRequest request) {
        var answer = new Answer.Http(request, Encoding.ofContentType(request.getHeader(HttpHeaders.CONTENT_TYPE)).orElse(Encoding.JSON));
        request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        switch (request.decoderResult().cause()) {
            case TooLongHttpLineException _ -> refuse(answer, 414, RpcCode.INVALID_ARGUMENT, "The first line of the request is too long");
            case TooLongHttpHeaderException _ -> refuse(answer, 431, RpcCode.INVALID_ARGUMENT, "The headers of the request are too long");
            case null, default -> refuse(answer, 400, RpcCode.INVALID_ARGUMENT, "The request is not valid HTTP/1.1");
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

    /** A body as it was sent, still compressed. */
    private record Packed(Packing packing, byte[] bytes) {

        /** Returns the body for another receiver: unchanged, but with gzip instead of zstd, which not every receiver accepts. */
        Packed forOthers() throws IOException {
            return packing == Packing.ZSTD ? gzip(unpacked()) : this;
        }

        byte[] unpacked() throws IOException {
            try (var unpacked = packing.unpack(bytes)) {
                return unpacked.readAllBytes();
            }
        }

        static Packed gzip(byte[] body) throws IOException {
            var gzip = new ByteArrayOutputStream();
            try (var out = new GZIPOutputStream(gzip)) {
                out.write(body);
            }
            return new Packed(Packing.GZIP, gzip.toByteArray());
        }
    }

    /** @param forOthers what another receiver gets; null if there is none, or nothing new for it */
    private record Read(byte[] response, Packed forOthers) {}

    /** A body that is being received. Everything except the reading runs on the event loop of its connection. */
    private abstract class Upload {
        private final HttpServerRequest request;
        private final Signal signal;
        private final Encoding encoding;
        private final Answer answer;
        private Buffer body = Buffer.buffer();
        private long taken;
        private long deadline;
        private boolean open = true;

        Upload(HttpServerRequest request, Signal signal, Encoding encoding, Answer answer) {
            this.request = request;
            this.signal = signal;
            this.encoding = encoding;
            this.answer = answer;
        }

        /** Extracts the OTLP request from a complete body. */
        abstract Packed unframe(Buffer whole) throws IOException;

        void begin() {
            if (requests.incrementAndGet() > MAX_REQUESTS) {
                requests.decrementAndGet();
                busy(answer);
                return;
            }
            deadline = vertx.setTimer(TimeUnit.SECONDS.toMillis(BODY_SECONDS), _ -> {
                release();
                // For HTTP/1.1 this closes the connection, for HTTP/2 only the stream.
                request.response().reset(CANCEL);
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
                busy(answer);
            } else if (taken > MAX_BODY_BYTES) {
                release();
                tooLarge(answer);
            } else {
                body.appendBuffer(chunk);
            }
        }

        private void read() {
            if (!open) {
                return;
            }
            vertx.cancelTimer(deadline);
            // From here on, the reserved bytes are released after the body was read, even if the sender has gone.
            request.exceptionHandler(null);
            Packed packed;
            try {
                packed = unframe(body);
            } catch (IOException malformed) {
                release();
                refuse(answer, 400, RpcCode.INVALID_ARGUMENT, sentence(malformed));
                return;
            }
            body = null;
            workers.executeBlocking(() -> read(packed), false).onComplete(read -> {
                release();
                switch (read.cause()) {
                    case null -> {
                        answer.success(read.result().response());
                        forward(read.result().forOthers());
                    }
                    case Packing.UnavailableException unavailable -> {
                        if (zstdMissing.compareAndSet(false, true)) {
                            Log.warnf("Cannot unpack zstd, so such requests are refused: %s", unavailable.getCause());
                        }
                        refusePacking(answer, ACCEPTED_WITHOUT_ZSTD);
                    }
                    case BoundedInputStream.TooLongException tooLong ->
                        refuse(answer, 413, RpcCode.RESOURCE_EXHAUSTED, sentence(tooLong));
                    case IOException unreadable -> refuse(answer, 400, RpcCode.INVALID_ARGUMENT, sentence(unreadable));
                    case Throwable bug -> {
                        Log.error("OTLP request failed unexpectedly", bug);
                        refuse(answer, 500, RpcCode.INTERNAL, "The request could not be handled");
                    }
                }
            });
        }

        private Read read(Packed packed) throws IOException {
            var receipt = receiver.receive(signal, encoding, packed.packing(), packed.bytes());
            return new Read(receipt.response(), forwarder.isOn() ? newOf(packed, receipt) : null);
        }

        /** Returns a request without the records that have arrived before; null if it had no others. */
        private Packed newOf(Packed packed, OtlpReceiver.Receipt receipt) throws IOException {
            if (receipt.notNew().isEmpty()) {
                return packed.forOthers();
            }
            if (receipt.notNew().cardinality() == receipt.records()) {
                return null;
            }
            var rest = Excerpt.of(signal, encoding, packed.unpacked(), receipt.notNew());
            return rest.isEmpty() ? null : Packed.gzip(rest.get());
        }

        private void forward(Packed packed) {
            if (packed != null) {
                forwarder.offer(new ExportRequest(signal.path, encoding.contentType, packed.packing().header(),
                        Optional.ofNullable(request.getHeader(VIA)), packed.bytes()));
            }
        }

        /** Releases what this upload has reserved, once. */
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
                case JsonProcessingException json when json.getLocation() != null -> "it is not valid OTLP JSON at line "
                        + json.getLocation().getLineNr() + ", column " + json.getLocation().getColumnNr();
                case EOFException _ -> "its gzip ends too early";
                default -> problem.getMessage();
            };
            return "The body cannot be read as " + signal.name().toLowerCase(Locale.ROOT) + ": " + message;
        }
    }
}
