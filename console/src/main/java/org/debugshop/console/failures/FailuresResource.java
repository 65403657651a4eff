package org.debugshop.console.failures;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import io.quarkus.logging.Log;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.debugshop.console.pages.Live;
import org.debugshop.defaults.http.HttpError;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/**
 * Lists the faults and switches them. In the API a fault has the name of the failure that it causes.
 */
@Path("/api/failures")
@Tag(name = "Failures")
public class FailuresResource {

    private final FaultCatalogue faults;
    private final AdminClient admin;
    private final Live live;
    private final ObjectReader json;

    FailuresResource(FaultCatalogue faults, AdminClient admin, Live live, ObjectMapper mapper) {
        this.faults = faults;
        this.admin = admin;
        this.live = live;
        this.json = mapper.reader().with(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
    }

    @Schema(name = "Failure")
    record View(String id,
            @Schema(description = "The symptom in a user's words") String title,
            @Schema(description = "The real problem that it stands for") String simulates,
            Symptom symptom,
            @Schema(description = "Hints to read one at a time; each reveals more than the previous one") List<String> hints,
            @Schema(description = "The cause, and how to remove it") String answer,
            @Schema(description = "The service with the switch") String service,
            @Schema(nullable = true, description = "Its admin page, as browsers find it") String adminUrl,
            @Schema(nullable = true, description = "Whether it is broken now; null if that is unknown") Boolean active,
            @Schema(nullable = true, description = "Why the state is unknown; null if it is known") String error) {}

    @Schema(description = "Where it shows first, and the series that changes while it is broken")
    record Symptom(String text, String service, String metric, Map<String, String> labels) {

        static Symptom of(Fault.Symptom symptom) {
            return new Symptom(symptom.text(), symptom.service(), symptom.metric(), symptom.labels());
        }
    }

    @Schema(name = "FailureChange")
    record Change(@Schema(required = true, description = "true breaks it, false heals it") boolean active) {}

    @GET
    @Operation(summary = "All failures, and whether each is broken now")
    @APIResponse(responseCode = "200", description = "The failures, in a stable order")
    public Uni<List<View>> all() {
        // Several faults may share a switch, whose state is requested only once.
        Map<List<String>, Uni<JsonNode>> states = faults.all().stream().map(Fault::toggle).distinct()
                .collect(Collectors.toMap(FailuresResource::place, toggle -> read(toggle).memoize().indefinitely(), (one, _) -> one));
        var views = faults.all().stream().map(fault -> view(fault, states.get(place(fault.toggle())))).toList();
        return Uni.join().all(views).andFailFast();
    }

    @GET
    @Path("/{id}")
    @Operation(summary = "A failure, and whether it is broken now")
    @APIResponse(responseCode = "200", description = "The failure")
    @APIResponse(responseCode = "404", description = "There is no such failure")
    public Uni<View> one(@PathParam("id") String id) {
        Fault fault = find(id);
        return view(fault, read(fault.toggle()));
    }

    @PUT
    @Path("/{id}")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(summary = "Break or heal: set the switch of a failure", description = "Setting the current state again changes nothing. Pages of other origins are refused.")
    @RequestBody(content = @Content(schema = @Schema(implementation = Change.class)))
    @APIResponse(responseCode = "200", description = "The failure, with its state after the change")
    @APIResponse(responseCode = "400", description = "The body is not {\"active\":true} or {\"active\":false}")
    @APIResponse(responseCode = "403", description = "The request comes from a page of another origin")
    @APIResponse(responseCode = "404", description = "There is no such failure")
    @APIResponse(responseCode = "502", description = "The service with the switch is unreachable or refuses the request")
    @APIResponse(responseCode = "504", description = "The service with the switch did not answer in time")
    public Uni<View> change(@PathParam("id") String id, byte[] body) {
        Fault fault = find(id);
        FaultState requested = requested(body);
        Fault.Switch toggle = fault.toggle();
        return admin.post(toggle.service(), toggle.path(), requested == FaultState.BROKEN ? toggle.broken() : toggle.healed())
                .onTermination().invoke(live::failuresChanged)
                .chain(() -> read(toggle))
                .map(answer -> stateOf(toggle, answer))
                .invoke(now -> Log.infof("Failure %s: requested %s, now %s", fault.id(), requested.word(), now.word()))
                .map(now -> view(fault, now, null));
    }

    private Fault find(String id) {
        return faults.find(id).orElseThrow(() -> HttpError.notFound("Failure not found"));
    }

    private FaultState requested(byte[] body) {
        try {
            JsonNode change = json.readTree(body == null ? new byte[0] : body);
            if (change.size() == 1 && change.path("active").isBoolean()) {
                return FaultState.of(change.path("active").booleanValue());
            }
        } catch (IOException notJson) {
            // reported below, like JSON of another form
        }
        throw HttpError.badRequest("The body must be {\"active\": true} or {\"active\": false}");
    }

    /** Requests the JSON with the state of a switch. */
    private Uni<JsonNode> read(Fault.Switch toggle) {
        return admin.get(toggle.service(), toggle.state().path()).invoke(answer -> {
            if (answer.at(toggle.state().pointer()).isMissingNode()) {
                throw new HttpError(502, toggle.service() + " gave an answer that cannot be read");
            }
        });
    }

    private Uni<View> view(Fault fault, Uni<JsonNode> answer) {
        return answer.map(json -> view(fault, stateOf(fault.toggle(), json), null))
                .onFailure(HttpError.class).recoverWithItem(error -> view(fault, FaultState.UNKNOWN, error.getMessage()));
    }

    private View view(Fault fault, FaultState state, String error) {
        String service = fault.toggle().service();
        return new View(fault.id(), fault.title(), fault.simulates(), Symptom.of(fault.symptom()), fault.hints(), fault.answer(),
                service, admin.page(service).orElse(null), state.active(), error);
    }

    private static FaultState stateOf(Fault.Switch toggle, JsonNode answer) {
        return FaultState.of(answer.at(toggle.state().pointer()).equals(toggle.state().broken()));
    }

    private static List<String> place(Fault.Switch toggle) {
        return List.of(toggle.service(), toggle.state().path(), toggle.state().pointer());
    }
}
