package org.debugshop.defaults.upstream;

import io.quarkus.logging.Log;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.Response;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Answers a request that failed because of a service below: a refusal goes on to the caller, anything else is an error here too. */
@Singleton
public class UpstreamAnswers {

    @ServerExceptionMapper
    public Response answer(UpstreamFailure failure) {
        if (failure.kind() != UpstreamFailure.Kind.REFUSED) {
            failure.tellIfItStartsHere();
            try (var _ = failure.logFields()) {
                Log.errorf("A request failed: %s", failure.getMessage());
            }
        }
        return failure.answer();
    }
}
