package org.debugshop.defaults.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.quarkus.logging.Log;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.vertx.http.runtime.RouteConstants;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.ext.web.impl.RoutingContextInternal;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/**
 * Gives all error answers the same JSON body, whether they come from a resource (Jakarta REST exceptions), the JSON reader, or the
 * HTTP server (unknown paths, bodies over the limit).
 */
@Singleton
public class ErrorAnswers {

    static final String UNREADABLE_JSON = "The body is not the JSON that is expected here";

    /** Runs before Quarkus's failure handler, which answers with HTML or nothing. */
    private static final int FIRST = -1000;

    /** Far below the limit of the HTTP server, which refuses requests without a body. */
    private static final int MAX_URI = 4096;
    /** The total length of names and values, in characters. It is half of the HTTP server's limit, for the same reason. */
    private static final int MAX_HEADERS = 16 * 1024;

    private final long maxBodySize;

    ErrorAnswers(@ConfigProperty(name = "quarkus.http.limits.max-body-size") MemorySize maxBodySize) {
        this.maxBodySize = maxBodySize.asLongValue();
    }

    @ServerExceptionMapper
    public Response answer(WebApplicationException failure) {
        var answer = failure.getResponse();
        // Answers that are no errors (such as redirects) or already have a body are not changed.
        if (answer.getStatus() < 400 || answer.hasEntity()) {
            return answer;
        }
        // The framework wraps exceptions of the JSON reader, some of them as a 500: for example if nesting is too deep or a number
        // too long.
        if (failure.getCause() instanceof JsonProcessingException) {
            return HttpError.answer(400, UNREADABLE_JSON);
        }
        return Response.fromResponse(answer).type(MediaType.APPLICATION_JSON_TYPE).entity(new ErrorBody(sentence(answer.getStatus())))
                .build();
    }

    /** More specific than the mapper below, because Quarkus has a mapper for this exception that answers without a body. */
    @ServerExceptionMapper
    public Response answer(MismatchedInputException failure) {
        return HttpError.answer(400, UNREADABLE_JSON);
    }

    @ServerExceptionMapper
    public Response answer(JsonProcessingException failure) {
        return HttpError.answer(400, UNREADABLE_JSON);
    }

    @ServerExceptionMapper
    public Response answer(Throwable failure) {
        Log.error("A request failed unexpectedly", failure);
        return HttpError.answer(500, sentence(500));
    }

    void routes(@Observes Router router) {
        // Quarkus has a limit too, but it refuses without a body and blocks a worker thread to read the request.
        router.route().order(FIRST).handler(request -> {
            if (request.request().uri().length() > MAX_URI) {
                request.fail(414);
            } else if (size(request.request().headers()) > MAX_HEADERS) {
                request.fail(431);
            } else {
                request.next();
            }
        });
        var body = BodyHandler.create(false).setBodyLimit(maxBodySize);
        router.route().order(RouteConstants.ROUTE_ORDER_UPLOAD_LIMIT - 1).handler(request -> {
            if (hasBody(request)) {
                body.handle(request);
            } else {
                request.next();
            }
        }).handler(request -> {
            // Quarkus REST waits for a body that is absent, so an empty body that is sent in chunks needs an empty buffer.
            if (hasBody(request) && request.body().buffer() == null) {
                ((RoutingContextInternal) request).setBody(Buffer.buffer());
            }
            request.next();
        });
        router.route().order(FIRST).failureHandler(request -> answer(request, request.statusCode() < 400 ? 500 : request.statusCode()));
    }

    private static int size(MultiMap headers) {
        var size = 0;
        for (var header : headers) {
            size += header.getKey().length() + header.getValue().length();
        }
        return size;
    }

    private static boolean hasBody(RoutingContext request) {
        var headers = request.request().headers();
        var length = headers.get(HttpHeaders.CONTENT_LENGTH);
        return length == null ? headers.contains(HttpHeaders.TRANSFER_ENCODING) : !length.equals("0");
    }

    private static void answer(RoutingContext request, int status) {
        var response = request.response();
        if (response.headWritten()) {
            request.request().connection().close();
            return;
        }
        if (status == 500 && request.failure() != null) {
            Log.error("A request failed below the resources", request.failure());
        }
        response.setStatusCode(status)
                .putHeader(HttpHeaders.CONTENT_TYPE, MediaType.APPLICATION_JSON)
                .end("{\"error\":\"" + sentence(status) + "\"}");
    }

    private static String sentence(int status) {
        return switch (status) {
            case 400 -> "The request is malformed";
            case 404 -> "There is nothing at this path";
            case 405 -> "This method is not allowed here";
            case 406 -> "None of the accepted content types can be produced";
            case 413 -> "The body is larger than 256 KiB";
            case 414 -> "The address is longer than 4096 characters";
            case 415 -> "The body must be application/json";
            case 431 -> "The headers are larger than 16 KiB";
            case 500 -> "Internal server error";
            default -> HttpResponseStatus.valueOf(status).reasonPhrase();
        };
    }
}
