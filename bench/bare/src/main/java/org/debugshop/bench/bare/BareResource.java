package org.debugshop.bench.bare;

import io.smallrye.common.annotation.NonBlocking;
import jakarta.ws.rs.BadRequestException;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.Arrays;

/** Answers with as many bytes as it is asked for, and does nothing else; on the event loop, as the services do. */
@Path("/")
@NonBlocking
@Produces(MediaType.APPLICATION_OCTET_STREAM)
public class BareResource {

    private static final int MAX_BYTES = 1024 * 1024;

    /** What the launcher waits for; the health extension would be one thing more than bare. */
    @GET
    @Path("health/ready")
    public byte[] ready() {
        return bytes(2);
    }

    /** @param count 0 to 1 MiB */
    @GET
    @Path("bytes/{count}")
    public byte[] bytes(@PathParam("count") int count) {
        if (count < 0 || count > MAX_BYTES) {
            throw new BadRequestException();
        }
        var blanks = new byte[count];
        Arrays.fill(blanks, (byte) ' ');
        return blanks;
    }

    /** @param body read whole, and not looked at */
    @POST
    @Path("bytes/{count}")
    public byte[] bytes(@PathParam("count") int count, byte[] body) {
        return bytes(count);
    }
}
