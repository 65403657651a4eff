package org.debugshop.console.otlp;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.debugshop.console.otlp.Encoding.RpcCode;

/** Sends the answer to a request in the format of its protocol. It sends nothing if the sender is gone or already has an answer. */
sealed interface Answer {

    int RETRY_AFTER_SECONDS = 1;

    /** @param response {@code Export*ServiceResponse} in the encoding of the request */
    void success(byte[] response);

    /**
     * @param status the HTTP status; a gRPC call always gets 200
     * @param message a sentence for users
     */
    void failure(int status, RpcCode code, String message);

    /** Like {@link #failure}, with a delay after which the sender should retry. */
    void retryLater(int status, RpcCode code, String message);

    /** @param accepted the accepted compressions, separated by commas */
    void unsupportedPacking(String accepted);

    private static boolean canAnswer(HttpServerResponse response) {
        return !response.ended() && !response.closed();
    }

    /** OTLP/HTTP. */
    record Http(HttpServerRequest request, Encoding encoding) implements Answer {

        @Override
        public void success(byte[] response) {
            send(200, response);
        }

        @Override
        public void failure(int status, RpcCode code, String message) {
            send(status, encoding.error(code, message));
        }

        @Override
        public void retryLater(int status, RpcCode code, String message) {
            if (canAnswer(request.response())) {
                request.response().putHeader(HttpHeaders.RETRY_AFTER, Integer.toString(RETRY_AFTER_SECONDS));
            }
            failure(status, code, message);
        }

        @Override
        public void unsupportedPacking(String accepted) {
            if (canAnswer(request.response())) {
                request.response().putHeader(HttpHeaders.ACCEPT_ENCODING, accepted);
            }
            failure(415, RpcCode.INVALID_ARGUMENT, "The Content-Encoding must be " + accepted + " or identity");
        }

        private void send(int status, byte[] body) {
            var response = request.response();
            if (canAnswer(response)) {
                response.setStatusCode(status).putHeader(HttpHeaders.CONTENT_TYPE, encoding.contentType).end(Buffer.buffer(body));
            }
        }
    }

    /** OTLP/gRPC. The status is sent last, in the trailers, or in the headers if there is no message. */
    record Grpc(HttpServerRequest request) implements Answer {

        private static final String STATUS = "grpc-status";

        @Override
        public void success(byte[] message) {
            var response = request.response();
            if (canAnswer(response)) {
                response.putHeader(HttpHeaders.CONTENT_TYPE, GrpcFrame.CONTENT_TYPE).putTrailer(STATUS, "0")
                        .end(GrpcFrame.of(message));
            }
        }

        @Override
        public void failure(int status, RpcCode code, String message) {
            var response = request.response();
            if (canAnswer(response)) {
                response.putHeader(HttpHeaders.CONTENT_TYPE, GrpcFrame.CONTENT_TYPE).putHeader(STATUS, Integer.toString(code.number))
                        .putHeader("grpc-message", URLEncoder.encode(message, StandardCharsets.UTF_8).replace("+", "%20")).end();
            }
        }

        /** Clients treat RESOURCE_EXHAUSTED as temporary only if the answer has a {@code RetryInfo}. */
        @Override
        public void retryLater(int status, RpcCode code, String message) {
            if (canAnswer(request.response())) {
                var retry = RetryInfo.newBuilder().setRetryDelay(Duration.newBuilder().setSeconds(RETRY_AFTER_SECONDS));
                var details = Status.newBuilder().setCode(code.number).setMessage(message).addDetails(Any.pack(retry.build())).build();
                request.response().putHeader("grpc-status-details-bin",
                        Base64.getEncoder().withoutPadding().encodeToString(details.toByteArray()));
            }
            failure(status, code, message);
        }

        @Override
        public void unsupportedPacking(String accepted) {
            if (canAnswer(request.response())) {
                request.response().putHeader("grpc-accept-encoding", accepted);
            }
            failure(415, RpcCode.UNIMPLEMENTED, "The grpc-encoding must be " + accepted + " or identity");
        }
    }
}
