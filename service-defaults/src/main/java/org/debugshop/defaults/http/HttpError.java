package org.debugshop.defaults.http;

import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

/** An error answer: a status, and one sentence that explains it. */
public class HttpError extends WebApplicationException {

    public HttpError(int status, String sentence) {
        this(status, sentence, null);
    }

    /** @param cause recorded in the log and on the span; never shown to the caller */
    public HttpError(int status, String sentence, Throwable cause) {
        super(sentence, cause, answer(status, sentence));
    }

    public static HttpError badRequest(String sentence) {
        return new HttpError(400, sentence);
    }

    /** Returns a 400 without a cause: the parser's messages repeat parts of the body. */
    public static HttpError unreadableJson() {
        return badRequest(ErrorAnswers.UNREADABLE_JSON);
    }

    public static HttpError notFound(String sentence) {
        return new HttpError(404, sentence);
    }

    /** Returns a 503 with {@code Retry-After: 1}, because an unavailable dependency is checked all the time. */
    public static HttpError unavailable(String sentence, Throwable cause) {
        var error = new HttpError(503, sentence, cause);
        error.getResponse().getHeaders().putSingle(HttpHeaders.RETRY_AFTER, "1");
        return error;
    }

    public int status() {
        return getResponse().getStatus();
    }

    public static Response answer(int status, String sentence) {
        return Response.status(status).type(MediaType.APPLICATION_JSON_TYPE).entity(new ErrorBody(sentence)).build();
    }
}
