package org.debugshop.gateway.edge;

import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.List;
import org.debugshop.defaults.http.IdempotencyKey;
import org.debugshop.defaults.upstream.Upstream;
import org.debugshop.defaults.upstream.UpstreamFailure;
import org.jboss.resteasy.reactive.RestResponse;

/** Returns the answers of an upstream service unchanged, byte for byte. */
public final class PassThrough {

    /** The upstream's headers that are passed on to the caller. */
    private static final List<String> HEADERS = List.of(HttpHeaders.CONTENT_TYPE, HttpHeaders.CACHE_CONTROL, HttpHeaders.ETAG,
            "Content-Security-Policy", "X-Content-Type-Options", IdempotencyKey.REPLAYED);

    private PassThrough() {}

    /** Returns the upstream's answer with its status, its body and {@link #HEADERS}; fails as {@link Upstream#call} does. */
    public static Uni<Response> answer(Upstream upstream, Uni<RestResponse<byte[]>> request) {
        return upstream.call(request).map(PassThrough::copy);
    }

    /** Sends a request that changes something. If the upstream certainly did nothing, the answer for the caller has {@code Retry-After}. */
    public static <T> Uni<T> change(Upstream upstream, Uni<T> request) {
        return upstream.call(request).onFailure(PassThrough::isNotDone).invoke(failure -> ((UpstreamFailure) failure).nothingWasDone());
    }

    /** Returns whether the upstream has certainly done nothing. */
    public static boolean isNotDone(Throwable failure) {
        return failure instanceof UpstreamFailure upstream && upstream.didNothing();
    }

    /** Copies an upstream's answer with its status, its body and {@link #HEADERS}. */
    public static Response copy(RestResponse<byte[]> below) {
        var answer = Response.status(below.getStatus()).entity(below.getEntity());
        HEADERS.forEach(name -> answer.header(name, below.getHeaderString(name)));
        return answer.build();
    }
}
