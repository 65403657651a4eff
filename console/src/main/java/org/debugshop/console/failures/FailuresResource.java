package org.debugshop.console.failures;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.Router;
import jakarta.enterprise.event.Observes;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.debugshop.console.controls.Controls;
import org.debugshop.defaults.http.HttpError;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/**
 * Lists the faults and switches them. In the API a fault has the name of the failure that it causes. {@code /api/faults} is another name
 * of {@code /api/failures}.
 */
@Path("/api/failures")
@Tag(name = "Failures")
public class FailuresResource {

    private static final int FIRST = -1000;

    private final FaultCatalogue faults;
    private final FaultSwitches switches;
    private final IncidentGame game;
    private final AdminClient admin;
    private final Controls controls;
    private final ObjectReader json;

    FailuresResource(FaultCatalogue faults, FaultSwitches switches, IncidentGame game, AdminClient admin, Controls controls,
            ObjectMapper mapper) {
        this.faults = faults;
        this.switches = switches;
        this.game = game;
        this.admin = admin;
        this.controls = controls;
        this.json = mapper.reader().with(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
    }

    /** The path is the same as the one that the resource has under its other name. */
    void otherName(@Observes Router router) {
        router.route("/api/faults*").order(FIRST).handler(request -> {
            var path = request.request().path().substring("/api/faults".length());
            if (path.isEmpty() || path.startsWith("/")) {
                request.reroute("/api/failures" + path);
            } else {
                request.next();
            }
        });
    }

    @Schema(name = "Failure")
    record View(String id,
            @Schema(description = "The group: errors, latency, data, messaging, resources, releases or external") String topic,
            @Schema(description = "The symptom in a user's words") String title,
            @Schema(description = "The real problem that it stands for") String simulates,
            Symptom symptom,
            @Schema(nullable = true, description = "How strong it is; null if it is either on or off") Strength strength,
            @Schema(description = "Hints to read one at a time; each reveals more than the previous one") List<String> hints,
            @Schema(description = "The cause, and how to remove it") String answer,
            @Schema(description = "The files that a person would look at") List<String> sources,
            @Schema(description = "The services that contain it, or the one with the switch") List<String> services,
            @Schema(nullable = true, description = "The admin page with its switch, as browsers find it; null if it has none") String adminUrl,
            @Schema(description = "The instances of these services; empty if it has a switch of its own") List<Instance> instances,
            @Schema(nullable = true, description = "Whether it is broken now; null if that is unknown, or only some instances have confirmed it") Boolean active,
            @Schema(nullable = true, description = "Why the state is unknown; null if it is known") String error) {}

    @Schema(description = "Where it shows first, and the series that changes while it is broken")
    record Symptom(String text, String service, String metric, Map<String, String> labels,
            @Schema(description = "What is computed from it: rate, value, mean or share") String measure,
            @Schema(nullable = true, description = "For a share: labels of the series to compare with") Map<String, String> among,
            @Schema(nullable = true, description = "The effect is there if the figure is larger") Double above,
            @Schema(nullable = true, description = "The effect is there if the figure is smaller") Double below) {

        static Symptom of(Fault.Symptom symptom) {
            return new Symptom(symptom.text(), symptom.service(), symptom.metric(), symptom.labels(), symptom.measure(), symptom.among(),
                    symptom.above(), symptom.below());
        }
    }

    @Schema(name = "FailureStrength")
    record Strength(@Schema(description = "What the number says") String means, String unit,
            @JsonProperty("default") double usual, double min, double max,
            @Schema(nullable = true, description = "The wanted strength; null while it is off") Double now) {}

    @Schema(name = "FailureInstance", description = "An instance that must switch it")
    record Instance(String service, String instance,
            @Schema(description = "Whether it has applied what is wanted") boolean confirmed,
            @Schema(nullable = true, description = "Why it could not; null if it has not said so") String problem) {}

    @Schema(name = "FailureChange")
    record Change(@Schema(required = true, description = "true breaks it, false heals it") boolean active,
            @Schema(nullable = true, description = "How strong, if it has a strength and is broken; its default if missing") Double strength) {}

    /** @param strength empty for the default */
    private record Wanted(boolean active, OptionalDouble strength) {}

    @GET
    @Operation(summary = "All failures, and whether each is broken now")
    @APIResponse(responseCode = "200", description = "The failures, in a stable order")
    public Uni<List<View>> all() {
        if (game.isRunning()) {
            return Uni.createFrom().item(faults.all().stream().map(this::secret).toList());
        }
        // Several faults may share a switch, whose state is requested only once.
        Map<List<String>, Uni<JsonNode>> states = faults.all().stream().map(Fault::toggle).filter(Objects::nonNull).distinct()
                .collect(Collectors.toMap(FaultSwitches::place, toggle -> switches.read(toggle).memoize().indefinitely(), (one, _) -> one));
        var views = faults.all().stream()
                .map(fault -> fault.toggle() == null
                        ? Uni.createFrom().item(view(fault, switches.controlled(fault)))
                        : view(fault, states.get(FaultSwitches.place(fault.toggle()))))
                .toList();
        return Uni.join().all(views).andFailFast();
    }

    @GET
    @Path("/{id}")
    @Operation(summary = "A failure, and whether it is broken now")
    @APIResponse(responseCode = "200", description = "The failure")
    @APIResponse(responseCode = "404", description = "There is no such failure")
    public Uni<View> one(@PathParam("id") String id) {
        Fault fault = find(id);
        if (game.isRunning()) {
            return Uni.createFrom().item(secret(fault));
        }
        return fault.toggle() == null
                ? Uni.createFrom().item(view(fault, switches.controlled(fault)))
                : view(fault, switches.read(fault.toggle()));
    }

    @PUT
    @Path("/{id}")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(summary = "Break or heal: set the switch of a failure", description = "It waits up to five seconds until all instances have "
            + "confirmed; up to 25 if the launcher has to start a process. Setting the current state again changes nothing. Pages of other origins are refused.")
    @RequestBody(content = @Content(schema = @Schema(implementation = Change.class)))
    @APIResponse(responseCode = "200", description = "The failure, with its state after the change")
    @APIResponse(responseCode = "400", description = "The body is not {\"active\":true}, with or without a strength that the failure allows, or {\"active\":false}")
    @APIResponse(responseCode = "403", description = "The request comes from a page of another origin")
    @APIResponse(responseCode = "404", description = "There is no such failure")
    @APIResponse(responseCode = "409", description = "An incident game is running")
    @APIResponse(responseCode = "502", description = "No instance of the service listens, or the service with the switch is unreachable or refuses the request")
    @APIResponse(responseCode = "504", description = "The service with the switch did not answer in time")
    public Uni<View> change(@PathParam("id") String id, byte[] body) {
        Fault fault = find(id);
        Wanted wanted = wanted(fault, body);
        if (game.isRunning()) {
            throw new HttpError(409, IncidentGame.RUNNING);
        }
        return switches.set(fault, wanted.active, wanted.strength).map(state -> view(fault, state));
    }

    private Fault find(String id) {
        return faults.find(id).orElseThrow(() -> HttpError.notFound("Failure not found"));
    }

    private Wanted wanted(Fault fault, byte[] body) {
        try {
            JsonNode change = json.readTree(body == null ? new byte[0] : body);
            JsonNode strength = change.path("strength");
            int members = strength.isMissingNode() ? 1 : 2;
            if (change.size() == members && change.path("active").isBoolean() && (strength.isMissingNode() || strength.isNumber())) {
                boolean active = change.path("active").booleanValue();
                if (strength.isMissingNode()) {
                    return new Wanted(active, OptionalDouble.empty());
                }
                check(fault, active, strength.doubleValue());
                return new Wanted(active, OptionalDouble.of(strength.doubleValue()));
            }
        } catch (IOException notJson) {
            // reported below, like JSON of another form
        }
        throw HttpError
                .badRequest("The body must be {\"active\": true} or {\"active\": false}, with a number as strength where one is possible");
    }

    private static void check(Fault fault, boolean active, double strength) {
        if (!active || fault.strength() == null) {
            throw HttpError.badRequest(active ? fault.id() + " has no strength" : "Only what is broken has a strength");
        }
        if (!fault.strength().allows(strength)) {
            throw HttpError.badRequest("The strength of %s must be from %s to %s (%s)".formatted(fault.id(), number(fault.strength().min()),
                    number(fault.strength().max()), fault.strength().unit()));
        }
    }

    private static String number(double value) {
        return new BigDecimal(Double.toString(value)).stripTrailingZeros().toPlainString();
    }

    private Uni<View> view(Fault fault, Uni<JsonNode> answer) {
        return answer.map(json -> view(fault, FaultSwitches.stateOf(fault.toggle(), json), null))
                .onFailure(HttpError.class).recoverWithItem(error -> view(fault, FaultState.UNKNOWN, error.getMessage()));
    }

    private View view(Fault fault, FaultState state) {
        return view(fault, state, state == FaultState.UNKNOWN ? switches.whyUnknown(fault) : null);
    }

    /** Returns a fault without its state. */
    private View secret(Fault fault) {
        return view(fault, FaultState.UNKNOWN, IncidentGame.RUNNING, OptionalDouble.empty(), List.of());
    }

    private View view(Fault fault, FaultState state, String error) {
        return view(fault, state, error, controls.strength(fault.id()),
                controls.confirmations(fault.id(), fault.services()).stream()
                        .map(one -> new Instance(one.service(), one.instance(), one.confirmed(), one.problem())).toList());
    }

    private View view(Fault fault, FaultState state, String error, OptionalDouble now, List<Instance> instances) {
        var strength = fault.strength();
        return new View(fault.id(), fault.topic(), fault.title(), fault.simulates(), Symptom.of(fault.symptom()),
                strength == null
                        ? null
                        : new Strength(strength.means(), strength.unit(), strength.usual(), strength.min(), strength.max(),
                                now.isPresent() ? now.getAsDouble() : null),
                fault.hints(), fault.answer(), fault.sources(), fault.owners(),
                fault.toggle() == null ? null : admin.page(fault.toggle().service()).orElse(null), instances, state.active(), error);
    }
}
