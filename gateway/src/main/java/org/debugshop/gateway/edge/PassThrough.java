package org.debugshop.gateway.edge;

import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.List;
import org.debugshop.defaults.http.IdempotencyKey;
import org.debugshop.defaults.upstream.Upstream;
import org.jboss.resteasy.reactive.RestResponse;

/** Returns the answers of an upstream service unchanged, byte for byte. */
public final class PassThrough {

    /** The upstream's headers that are passed on to the caller. */
    private static final List<String> HEADERS = List.of(HttpHeaders.CONTENT_TYPE, HttpHeaders.CACHE_CONTROL, HttpHeaders.ETAG,
            "Content-Security-Policy", "X-Content-Type-Options", IdempotencyKey.REPLAYED);

    private PassThrough() {}

    /** Returns the upstream's answer with its status, its body and {@link #HEADERS}; fails as {@link Upstream#call} does. */
    public static Uni<Response> answer(Upstream upstream, Uni<RestResponse<byte[]>> request) {
        return upstream.call(request).map(below -> {
            var answer = Response.status(below.getStatus()).entity(below.getEntity());
            HEADERS.forEach(name -> answer.header(name, below.getHeaderString(name)));
            return answer.build();
        });
    }
}
