package org.debugshop.console.otlp;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsPartialSuccess;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceResponse;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsPartialSuccess;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.ExportTracePartialSuccess;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/** OTLP's two encodings. An answer has the encoding of its request. */
enum Encoding {
    PROTOBUF("application/x-protobuf") {
        @Override
        Decoder decoder(Interner interner) {
            return new ProtobufDecoder(interner);
        }

        @Override
        byte[] answer(Signal signal, Batch.Outcome outcome) {
            boolean partial = !outcome.problem().isEmpty();
            MessageLite answer = switch (signal) {
                case TRACES -> partial
                        ? ExportTraceServiceResponse.newBuilder().setPartialSuccess(ExportTracePartialSuccess.newBuilder()
                                .setRejectedSpans(outcome.rejected()).setErrorMessage(outcome.problem())).build()
                        : ExportTraceServiceResponse.getDefaultInstance();
                case LOGS -> partial
                        ? ExportLogsServiceResponse.newBuilder().setPartialSuccess(ExportLogsPartialSuccess.newBuilder()
                                .setRejectedLogRecords(outcome.rejected()).setErrorMessage(outcome.problem())).build()
                        : ExportLogsServiceResponse.getDefaultInstance();
                case METRICS -> partial
                        ? ExportMetricsServiceResponse.newBuilder().setPartialSuccess(ExportMetricsPartialSuccess.newBuilder()
                                .setRejectedDataPoints(outcome.rejected()).setErrorMessage(outcome.problem())).build()
                        : ExportMetricsServiceResponse.getDefaultInstance();
            };
            return answer.toByteArray();
        }

        @Override
        byte[] error(RpcCode code, String message) {
            // google.rpc.Status: int32 code = 1; string message = 2
            try {
                var bytes = new ByteArrayOutputStream();
                var out = CodedOutputStream.newInstance(bytes);
                out.writeInt32(1, code.number);
                out.writeString(2, message);
                out.flush();
                return bytes.toByteArray();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    },
    JSON("application/json") {
        @Override
        Decoder decoder(Interner interner) {
            return new JsonDecoder(interner);
        }

        @Override
        byte[] answer(Signal signal, Batch.Outcome outcome) {
            var answer = new JsonObject();
            if (!outcome.problem().isEmpty()) {
                // 64-bit integers are strings in protobuf's JSON.
                String rejected = switch (signal) {
                    case TRACES -> "rejectedSpans";
                    case LOGS -> "rejectedLogRecords";
                    case METRICS -> "rejectedDataPoints";
                };
                answer.put("partialSuccess", new JsonObject()
                        .put(rejected, Long.toString(outcome.rejected())).put("errorMessage", outcome.problem()));
            }
            return answer.encode().getBytes(StandardCharsets.UTF_8);
        }

        @Override
        byte[] error(RpcCode code, String message) {
            return new JsonObject().put("code", code.number).put("message", message).encode().getBytes(StandardCharsets.UTF_8);
        }
    };

    /** The values of {@code google.rpc.Code} that are used here. */
    enum RpcCode {
        INVALID_ARGUMENT(3), NOT_FOUND(5), RESOURCE_EXHAUSTED(8), FAILED_PRECONDITION(9), UNIMPLEMENTED(12), INTERNAL(13);

        final int number;

        RpcCode(int number) {
            this.number = number;
        }
    }

    final String contentType;

    Encoding(String contentType) {
        this.contentType = contentType;
    }

    /** @param header the {@code Content-Type}, with or without parameters; may be null */
    static Optional<Encoding> ofContentType(String header) {
        if (header == null) {
            return Optional.empty();
        }
        return switch (header.split(";", 2)[0].strip().toLowerCase(Locale.ROOT)) {
            case "application/x-protobuf" -> Optional.of(PROTOBUF);
            case "application/json" -> Optional.of(JSON);
            default -> Optional.empty();
        };
    }

    abstract Decoder decoder(Interner interner);

    /**
     * Encodes an {@code Export*ServiceResponse}: empty, or with {@code partial_success} if something was rejected, dropped or
     * replaced.
     */
    abstract byte[] answer(Signal signal, Batch.Outcome outcome);

    /** Encodes a {@code google.rpc.Status}. */
    abstract byte[] error(RpcCode code, String message);
}
