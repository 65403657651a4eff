package org.debugshop.console.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.debugshop.console.diagnosis.Attribution.Call;
import org.debugshop.console.diagnosis.Attribution.Cause;
import org.debugshop.console.diagnosis.Attribution.Change;
import org.debugshop.console.diagnosis.Attribution.Figures;
import org.debugshop.console.diagnosis.Attribution.Measure;
import org.junit.jupiter.api.Test;

class AttributionTest {

    private static final double MINUTES = 10;

    private final Map<String, Change> components = new HashMap<>();
    private final List<Call> calls = new ArrayList<>();

    @Test
    void shouldBlameTheEndOfAChain() {
        component("shop", failing(1000, 0), failing(1000, 0.2));
        component("orders", failing(1000, 0), failing(1000, 0.2));
        component("stock", failing(1000, 0), failing(1000, 0.2));
        call("shop", "orders");
        call("orders", "stock");

        assertThat(failures().ranking()).containsExactly(new Cause("stock", 20, 20, true, List.of()));
        assertThat(failures().total("shop")).isEqualTo(20);
    }

    @Test
    void shouldSubtractAllCallees() {
        component("shop", taking(600, 10), taking(600, 50));
        component("orders", taking(600, 5), taking(600, 15));
        component("prices", taking(1200, 5), taking(1200, 9));
        call("shop", "orders");
        call("shop", "prices");

        assertThat(waiting().ranking()).extracting(Cause::component).containsExactly("shop", "orders", "prices");
        assertThat(waiting().ranking().getFirst().own()).isCloseTo(1.32, within(1e-9));
    }

    @Test
    void shouldNotBlameAnAggregatorThatWaitsForItsCallees() {
        component("home", taking(600, 50), taking(600, 140));
        component("ads", taking(600, 20), taking(600, 60));
        component("prices", taking(600, 20), taking(600, 70));
        call("home", "ads");
        call("home", "prices");

        assertThat(waiting().ranking()).extracting(Cause::component).containsExactly("prices", "ads");
    }

    @Test
    void shouldWeightARiseByTheRequests() {
        component("shop", taking(1000, 10), taking(1000, 15));
        component("report", taking(2, 100), taking(2, 1000));

        assertThat(waiting().ranking()).extracting(Cause::component).containsExactly("shop", "report");
        assertThat(waiting().total("shop")).isCloseTo(0.5, within(1e-9));
    }

    @Test
    void shouldIgnoreWhatFailedBefore() {
        component("shop", failing(1000, 0.3), failing(1000, 0.3));
        component("orders", failing(1000, 0.5), failing(1000, 0.1));

        assertThat(failures().ranking()).isEmpty();
        assertThat(failures().total("orders")).isZero();
    }

    @Test
    void shouldBlameACalleeThatSeveralShare() {
        component("shop", failing(600, 0), failing(600, 0.1));
        component("app", failing(400, 0), failing(400, 0.1));
        component("stock", failing(1000, 0), failing(1000, 0.1));
        call("shop", "stock");
        call("app", "stock");

        assertThat(failures().ranking()).extracting(Cause::component).containsExactly("stock");
    }

    @Test
    void shouldKnowHowMuchEachCallerGotIfTheCallsHaveFigures() {
        component("shop", failing(600, 0), failing(600, 0.1));
        component("app", failing(400, 0), failing(400, 0.2));
        component("stock", failing(1000, 0), failing(1000, 0.06));
        call("shop", "stock", failing(600, 0), failing(600, 0.1));
        call("app", "stock", failing(400, 0), failing(400, 0));

        assertThat(failures().ranking()).extracting(Cause::component).containsExactly("app", "stock");
    }

    @Test
    void shouldBlameTheCallerIfItsCalleeWasNotThereBefore() {
        component("shop", failing(1000, 0), failing(1000, 0.2));
        component("stock", failing(1000, 0), failing(1000, 0.2));
        component("wrong_table", Figures.NONE, failing(200, 1));
        call("shop", "stock");
        call("stock", "wrong_table");

        assertThat(failures().ranking()).containsExactly(new Cause("stock", 20, 20, true, List.of("wrong_table")));
    }

    @Test
    void shouldBlameTheCallerForCallsThatItDidNotMakeBefore() {
        component("shop", failing(1000, 0), failing(1000, 0.2));
        component("stock", failing(1000, 0), failing(1200, 0));
        call("shop", "stock", Figures.NONE, failing(200, 1));

        assertThat(failures().ranking()).containsExactly(new Cause("shop", 20, 20, true, List.of("stock")));
    }

    @Test
    void shouldBlameACalleeThatDoesNotAnswer() {
        component("shop", failing(1000, 0), failing(1000, 0.5));
        component("stock", failing(500, 0), Figures.NONE);
        call("shop", "stock", failing(500, 0), failing(500, 1));

        assertThat(failures().ranking()).containsExactly(new Cause("stock", 50, 50, true, List.of()));
    }

    @Test
    void shouldBlameACalleeThatReportsNothing() {
        component("stock", taking(1000, 5), taking(1000, 105));
        call("stock", "database", taking(2000, 1), taking(2000, 51));

        assertThat(waiting().ranking()).extracting(Cause::component).containsExactly("database");
    }

    @Test
    void shouldChargeADelayOnTheWayToTheCallee() {
        component("shop", taking(1000, 10), taking(1000, 110));
        component("stock", taking(1000, 5), taking(1000, 5));
        component("prices", taking(1000, 2), taking(1000, 2));
        call("shop", "stock", taking(1000, 6), taking(1000, 106));
        call("shop", "prices", taking(1000, 3), taking(1000, 3));

        assertThat(waiting().ranking()).extracting(Cause::component).containsExactly("stock");
    }

    @Test
    void shouldChargeADelayThatAllCallsOfOneCallerHaveToThatCaller() {
        component("shop", taking(1000, 10), taking(1000, 210));
        component("stock", taking(1000, 5), taking(1000, 5));
        component("prices", taking(1000, 2), taking(1000, 2));
        call("shop", "stock", taking(1000, 6), taking(1000, 106));
        call("shop", "prices", taking(1000, 3), taking(1000, 103));

        assertThat(waiting().ranking()).extracting(Cause::component).containsExactly("shop");
    }

    @Test
    void shouldNotTakeWhatMayBeChanceForADelayOfAllCalls() {
        component("shop", taking(1000, 10), taking(1000, 110));
        call("shop", "stock", taking(1000, 6), taking(1000, 106));
        call("shop", "report", spread(10, 2000, 2500), spread(10, 2500, 2500));

        assertThat(waiting().ranking()).extracting(Cause::component).containsExactly("stock", "report");
    }

    @Test
    void shouldNotBlameTheCallerIfAllItsCalleesMeasureTheDelay() {
        component("shop", taking(1000, 10), taking(1000, 210));
        component("stock", taking(1000, 5), taking(1000, 105));
        component("prices", taking(1000, 2), taking(1000, 92));
        call("shop", "stock", taking(1000, 6), taking(1000, 106));
        call("shop", "prices", taking(1000, 3), taking(1000, 103));

        assertThat(waiting().ranking()).extracting(Cause::component).containsExactly("prices", "stock");
    }

    @Test
    void shouldBlameTheCalleeWhoseFailureTheCallerTolerates() {
        component("shop", failing(1000, 0), failing(1000, 0));
        component("ads", failing(1000, 0), failing(1000, 0.4));
        call("shop", "ads");

        assertThat(failures().ranking()).extracting(Cause::component).containsExactly("ads");
    }

    @Test
    void shouldEndIfCallsFormACycle() {
        component("shop", failing(1000, 0), failing(1000, 0.1));
        component("orders", failing(1000, 0), failing(1000, 0.3));
        call("shop", "orders");
        call("orders", "shop");
        call("orders", "orders");

        assertThat(failures().rankingFor("shop")).containsExactly(new Cause("orders", 20, 30, true, List.of()));
    }

    @Test
    void shouldRankWhatMayBeChanceLast() {
        component("shop", spread(1000, 20, 10), spread(1000, 30, 10));
        component("report", spread(10, 2000, 2500), spread(10, 4000, 2500));

        assertThat(waiting().ranking()).extracting(Cause::component, Cause::significant).containsExactly(
                tuple("shop", true), tuple("report", false));
        assertThat(waiting().ranking().getLast().own()).isGreaterThan(waiting().ranking().getFirst().own());
    }

    @Test
    void shouldNotTrustTheDeviationOfOneRequest() {
        component("report", spread(1, 1000, 0), spread(10, 4000, 2500));

        assertThat(waiting().ranking()).extracting(Cause::significant).containsExactly(false);
    }

    @Test
    void shouldNotTakeOneFailureOfFewRequestsForARise() {
        component("shop", failing(20, 0), failing(20, 0.05));

        assertThat(failures().ranking()).extracting(Cause::significant).containsExactly(false);
    }

    @Test
    void shouldLeaveOutWhatTheSymptomDoesNotCall() {
        component("shop", failing(1000, 0), failing(1000, 0.1));
        component("stock", failing(1000, 0), failing(1000, 0.1));
        component("batch", failing(1000, 0), failing(1000, 0.9));
        call("shop", "stock");
        call("batch", "stock");

        assertThat(failures().ranking()).extracting(Cause::component).containsExactly("batch", "stock");
        assertThat(failures().rankingFor("shop")).extracting(Cause::component).containsExactly("stock");
    }

    @Test
    void shouldHaveNoOpinionWithoutFigures() {
        component("shop", Figures.NONE, failing(1000, 0.5));
        component("stock", taking(1000, Double.NaN), taking(1000, 50));
        call("shop", "stock");

        assertThat(failures().ranking()).isEmpty();
        assertThat(waiting().ranking()).isEmpty();
        assertThat(failures().total("unknown")).isZero();
    }

    private Attribution failures() {
        return Attribution.of(Measure.FAILURES, MINUTES, components, calls);
    }

    private Attribution waiting() {
        return Attribution.of(Measure.WAITING, MINUTES, components, calls);
    }

    private void component(String name, Figures before, Figures now) {
        components.put(name, new Change(before, now));
    }

    private void call(String caller, String callee) {
        calls.add(new Call(caller, callee));
    }

    private void call(String caller, String callee, Figures before, Figures now) {
        calls.add(new Call(caller, callee, new Change(before, now)));
    }

    private static Figures failing(double requests, double share) {
        return new Figures(requests, share, 10, Double.NaN);
    }

    private static Figures taking(double requests, double millis) {
        return new Figures(requests, 0, millis, Double.NaN);
    }

    private static Figures spread(double requests, double millis, double deviation) {
        return new Figures(requests, 0, millis, deviation);
    }
}
