package org.debugshop.console.failures;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.util.concurrent.ThreadLocalRandom;
import org.debugshop.defaults.http.HttpError;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The incident game: find a fault that somebody else has switched on. */
@Path("/api/incident")
@Tag(name = "Failures")
public class IncidentResource {

    /** Seeds are short, because people type them. */
    private static final int SEEDS = 1_000_000;

    @Schema(name = "IncidentStart")
    record Start(@Schema(nullable = true, description = "Repeats a game; chosen if missing") Long seed) {}

    @Schema(name = "IncidentGuessRequest")
    record Suspicion(@Schema(required = true) String component, @Schema(required = true) String kind) {}

    private final IncidentGame game;
    private final ObjectReader json;

    IncidentResource(IncidentGame game, ObjectMapper mapper) {
        this.game = game;
        this.json = mapper.reader().with(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
    }

    @GET
    @Operation(summary = "The incident game that runs, or the latest")
    @APIResponse(responseCode = "200", description = "The game, with its answer when it is over; its state is none before the first")
    public IncidentGame.View current() {
        return game.current();
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(summary = "Start an incident game: switch on a fault without showing which", description = "While it runs, the states of all "
            + "failures are unknown, and none can be switched. It ends with the right guess, with DELETE, or after an hour. Then the fault is switched off.")
    @RequestBody(content = @Content(schema = @Schema(implementation = Start.class)))
    @APIResponse(responseCode = "200", description = "The game has started")
    @APIResponse(responseCode = "400", description = "The body is not {} or {\"seed\":1}")
    @APIResponse(responseCode = "403", description = "The request comes from a page of another origin")
    @APIResponse(responseCode = "409", description = "A game is running, or something is broken already")
    @APIResponse(responseCode = "502", description = "No fault can be switched on")
    public Uni<IncidentGame.View> start(byte[] body) {
        JsonNode seed = read(body).path("seed");
        if (!seed.isMissingNode() && !seed.isNull() && !(seed.isIntegralNumber() && seed.canConvertToLong())) {
            throw HttpError.badRequest("The seed must be an integer");
        }
        return game.start(seed.isNumber() ? seed.longValue() : ThreadLocalRandom.current().nextInt(SEEDS));
    }

    @POST
    @Blocking // what can be guessed takes a look at the traces
    @Path("/guesses")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(summary = "Guess which component is at fault, and what is wrong there", description = "The right guess ends the game.")
    @RequestBody(content = @Content(schema = @Schema(implementation = Suspicion.class)))
    @APIResponse(responseCode = "200", description = "The game; the last of its guesses says how close it was")
    @APIResponse(responseCode = "400", description = "The component or the kind cannot be guessed")
    @APIResponse(responseCode = "403", description = "The request comes from a page of another origin")
    @APIResponse(responseCode = "404", description = "No game is running")
    @APIResponse(responseCode = "409", description = "There were too many guesses")
    public Uni<IncidentGame.View> guess(byte[] body) {
        JsonNode guess = read(body);
        if (!guess.path("component").isTextual() || !guess.path("kind").isTextual()) {
            throw HttpError.badRequest("The body must be {\"component\": \"…\", \"kind\": \"…\"}");
        }
        return game.guess(guess.path("component").asText(), guess.path("kind").asText());
    }

    @DELETE
    @Operation(summary = "Give up: switch the fault off, and show the answer")
    @APIResponse(responseCode = "200", description = "The game with its answer")
    @APIResponse(responseCode = "403", description = "The request comes from a page of another origin")
    @APIResponse(responseCode = "404", description = "No game is running")
    public Uni<IncidentGame.View> giveUp() {
        return game.end("given_up");
    }

    private JsonNode read(byte[] body) {
        try {
            JsonNode read = json.readTree(body == null || body.length == 0 ? new byte[]{'{', '}'} : body);
            if (read.isObject()) {
                return read;
            }
        } catch (IOException notJson) {
            // reported below
        }
        throw HttpError.badRequest("The body must be a JSON object");
    }
}
