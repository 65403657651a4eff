package org.debugshop.instabookcache;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Optional;
import org.debugshop.defaults.http.HttpError;

/** The token switch, as a page for people and as JSON for programs. {@link AdminFilter} protects it. */
@Path("/admin")
@NonBlocking
public class AdminResource {

    record State(boolean enabled) {}

    private final TokenSwitch tokenSwitch;
    private final ObjectMapper mapper;
    private final byte[] page = file("index.html");
    private final byte[] script = file("admin.js");
    private final byte[] style = file("admin.css");
    private final byte[] icon = file("icon.svg");

    AdminResource(TokenSwitch tokenSwitch, ObjectMapper mapper) {
        this.tokenSwitch = tokenSwitch;
        this.mapper = mapper;
    }

    @GET
    @Produces("text/html;charset=UTF-8")
    public byte[] page() {
        return page;
    }

    @GET
    @Path("admin.js")
    @Produces("text/javascript;charset=UTF-8")
    public byte[] script() {
        return script;
    }

    @GET
    @Path("admin.css")
    @Produces("text/css;charset=UTF-8")
    public byte[] style() {
        return style;
    }

    @GET
    @Path("icon.svg")
    @Produces("image/svg+xml")
    public byte[] icon() {
        return icon;
    }

    @GET
    @Path("token")
    @Produces(MediaType.APPLICATION_JSON)
    public Uni<State> state() {
        return tokenSwitch.enabled().map(State::new);
    }

    @GET
    @Path("token/changes")
    @Produces(MediaType.APPLICATION_JSON)
    public Uni<TokenSwitch.History> changes() {
        return tokenSwitch.history();
    }

    /** Toggles the switch without a body; sets it with the body {@code {"enabled":false}}. Only browsers send an {@code Origin}. */
    @POST
    @Path("token")
    @Produces(MediaType.APPLICATION_JSON)
    public Uni<State> change(byte[] body, @HeaderParam(HttpHeaders.CONTENT_TYPE) String contentType, @HeaderParam("Origin") String origin) {
        var by = origin == null ? "api" : "page";
        var enable = body == null || body.length == 0 ? Optional.<Boolean>empty() : Optional.of(enabled(body, contentType));
        return tokenSwitch.change(enable, by).map(State::new);
    }

    private boolean enabled(byte[] body, String contentType) {
        if (contentType == null || !contentType.toLowerCase(Locale.ROOT).split(";", 2)[0].strip().equals(MediaType.APPLICATION_JSON)) {
            throw new HttpError(415, "The body must be application/json");
        }
        try {
            var enabled = mapper.readTree(body).path("enabled");
            if (enabled.isBoolean()) {
                return enabled.booleanValue();
            }
        } catch (JsonProcessingException e) {
            // reported below, like JSON of another form
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw HttpError.badRequest("The body must be {\"enabled\": true} or {\"enabled\": false}");
    }

    private static byte[] file(String name) {
        try (var file = AdminResource.class.getResourceAsStream("/admin/" + name)) {
            return file.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
