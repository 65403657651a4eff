package org.debugshop.gateway.edge;

import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.List;
import org.debugshop.defaults.http.IdempotencyKey;
import org.debugshop.defaults.upstream.Upstream;
import org.jboss.resteasy.reactive.RestResponse;

/** Answers just as the service below does, byte for byte. */
public final class PassThrough {

    /** The headers of an answer that mean something to the caller of the gateway. */
    private static final List<String> HEADERS = List.of(HttpHeaders.CONTENT_TYPE, HttpHeaders.CACHE_CONTROL, HttpHeaders.ETAG,
            "Content-Security-Policy", "X-Content-Type-Options", IdempotencyKey.REPLAYED);

    private PassThrough() {}

    /** @return the upstream's answer with its status, body and {@link #HEADERS}; a failure as of {@link Upstream#call} */
    public static Uni<Response> answer(Upstream upstream, Uni<RestResponse<byte[]>> request) {
        return upstream.call(request).map(below -> {
            var answer = Response.status(below.getStatus()).entity(below.getEntity());
            HEADERS.forEach(name -> answer.header(name, below.getHeaderString(name)));
            return answer.build();
        });
    }
}
