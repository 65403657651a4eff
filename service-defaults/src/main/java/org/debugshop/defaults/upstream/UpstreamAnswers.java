package org.debugshop.defaults.upstream;

import io.quarkus.logging.Log;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.Response;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/**
 * Answers a request that failed because of an upstream. A refusal is passed on to the caller; anything else is an error of this
 * service.
 */
@Singleton
public class UpstreamAnswers {

    @ServerExceptionMapper
    public Response answer(UpstreamFailure failure) {
        if (failure.kind() != UpstreamFailure.Kind.REFUSED) {
            failure.markOrigin();
            try (var _ = failure.logFields()) {
                Log.errorf("Request failed: %s", failure.getMessage());
            }
        }
        return failure.answer();
    }
}
