package org.debugshop.console.api;

import io.smallrye.common.annotation.NonBlocking;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** Tells whoever opens the console's address what can be asked here. */
@Path("/")
public class IndexResource {

    record Index(String service, String status, List<String> questions, String openapi) {
    }

    @GET
    @NonBlocking
    @Operation(summary = "What can be asked here")
    public Index index() {
        return new Index("Console", "UP", List.of("/api/services", "/api/edges", "/api/traces", "/api/logs", "/api/metrics", "/api/failures"),
                "/q/openapi");
    }
}
