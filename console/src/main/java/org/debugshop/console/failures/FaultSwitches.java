package org.debugshop.console.failures;

import com.fasterxml.jackson.databind.JsonNode;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import org.debugshop.console.controls.Controls;
import org.debugshop.console.pages.Live;
import org.debugshop.defaults.http.HttpError;

/** Switches faults: by {@link Controls}, or by the switch that a fault has under {@code /admin} of its service. */
@Singleton
final class FaultSwitches {

    /** It starts the processes of a laptop; in Compose and on Kubernetes there is none. */
    private static final String LAUNCHER = "launcher";
    /** How long a change waits for a process that the launcher starts, as long as the launcher reports no problem. */
    private static final Duration LONG_PATIENCE = Duration.ofSeconds(20);

    private final AdminClient admin;
    private final Controls controls;
    private final Live live;

    FaultSwitches(AdminClient admin, Controls controls, Live live) {
        this.admin = admin;
        this.controls = controls;
        this.live = live;
    }

    /**
     * Switches a fault, and returns its state after that. It waits until all instances have confirmed, but not longer than five seconds; for a
     * process that the launcher starts, not longer than 25.
     *
     * @param strength empty for the default
     * @throws HttpError 502 or 504 if no service can switch it
     */
    Uni<FaultState> set(Fault fault, boolean active, OptionalDouble strength) {
        Uni<FaultState> changed = fault.toggle() == null ? control(fault, active, strength) : toggle(fault.toggle(), active);
        return changed.onTermination().invoke(live::failuresChanged);
    }

    private Uni<FaultState> toggle(Fault.Switch toggle, boolean active) {
        return admin.post(toggle.service(), toggle.path(), active ? toggle.broken() : toggle.healed())
                .chain(() -> read(toggle)).map(answer -> stateOf(toggle, answer));
    }

    private Uni<FaultState> control(Fault fault, boolean active, OptionalDouble strength) {
        if (active && controls.confirmations(fault.id(), fault.services()).isEmpty()) {
            throw new HttpError(502, nobodyListens(fault));
        }
        double usual = fault.strength() == null ? 1 : fault.strength().usual();
        controls.set(fault.id(), fault.services(), active ? OptionalDouble.of(strength.orElse(usual)) : OptionalDouble.empty());
        return controls.confirmed(fault.id(), fault.services(), Controls.PATIENCE)
                .chain(() -> isStarting(fault)
                        ? controls.confirmed(fault.id(), fault.services(), LONG_PATIENCE)
                        : Uni.createFrom().voidItem())
                .map(_ -> controlled(fault));
    }

    private boolean isStarting(Fault fault) {
        return fault.services().contains(LAUNCHER) && controls.confirmations(fault.id(), fault.services()).stream()
                .anyMatch(instance -> !instance.confirmed() && instance.problem() == null);
    }

    /** Returns the state of a fault that {@link Controls} switch. */
    FaultState controlled(Fault fault) {
        var instances = controls.confirmations(fault.id(), fault.services());
        boolean wanted = controls.strength(fault.id()).isPresent();
        return wanted && instances.isEmpty() || !instances.stream().allMatch(Controls.Confirmation::confirmed)
                ? FaultState.UNKNOWN
                : FaultState.of(wanted);
    }

    /** Returns why {@link #controlled} is unknown. */
    String whyUnknown(Fault fault) {
        var instances = controls.confirmations(fault.id(), fault.services());
        long confirmed = instances.stream().filter(Controls.Confirmation::confirmed).count();
        return instances.isEmpty()
                ? nobodyListens(fault)
                : "%d of %d instances %s confirmed it".formatted(confirmed, instances.size(), confirmed == 1 ? "has" : "have");
    }

    /** Returns whether a fault can be switched on: its state is known, and it is off. */
    Uni<FaultState> state(Fault fault) {
        if (fault.toggle() == null) {
            return Uni.createFrom().item(controls.confirmations(fault.id(), fault.services()).isEmpty()
                    ? FaultState.UNKNOWN
                    : controlled(fault));
        }
        return read(fault.toggle()).map(answer -> stateOf(fault.toggle(), answer)).onFailure(HttpError.class)
                .recoverWithItem(FaultState.UNKNOWN);
    }

    /** Requests the JSON with the state of a switch. */
    Uni<JsonNode> read(Fault.Switch toggle) {
        return admin.get(toggle.service(), toggle.state().path()).invoke(answer -> {
            if (answer.at(toggle.state().pointer()).isMissingNode()) {
                throw new HttpError(502, toggle.service() + " gave an answer that cannot be read");
            }
        });
    }

    static FaultState stateOf(Fault.Switch toggle, JsonNode answer) {
        return FaultState.of(answer.at(toggle.state().pointer()).equals(toggle.state().broken()));
    }

    private static String nobodyListens(Fault fault) {
        return fault.services().contains(LAUNCHER)
                ? "Only the launcher of ./shop up can switch it, and none listens to this console"
                : "No instance of " + String.join(" or ", fault.services()) + " listens to this console";
    }

    /** Returns where the state of a switch is read. Several faults may share it. */
    static List<String> place(Fault.Switch toggle) {
        return List.of(toggle.service(), toggle.state().path(), toggle.state().pointer());
    }
}
