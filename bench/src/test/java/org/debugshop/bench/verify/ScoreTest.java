package org.debugshop.bench.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.debugshop.bench.verify.Diagnosis.Suspect;
import org.junit.jupiter.api.Test;

class ScoreTest {

    private static final Fault.Origin CACHE = new Fault.Origin("cache", "errors", List.of("cache", "booking"), List.of("redis"));
    private static final Fault.Origin NOBODY = new Fault.Origin(null, "load", List.of(), null);

    @Test
    void shouldFindTheOriginAmongTheSuspects() {
        var score = Score.of(CACHE, List.of(suspect("gateway"), suspect("cache", "booking"), suspect("currency")));

        assertThat(score).isEqualTo(new Score(2, true, List.of("gateway", "currency")));
        assertThat(score.isFirst()).isFalse();
    }

    @Test
    void shouldAcceptAnotherNameOfTheOrigin() {
        assertThat(Score.of(CACHE, List.of(suspect("redis", "booking")))).isEqualTo(new Score(1, true, List.of()));
    }

    @Test
    void shouldNoticeAWrongPath() {
        assertThat(Score.of(CACHE, List.of(suspect("cache", "gateway")))).isEqualTo(new Score(1, false, List.of()));
    }

    @Test
    void shouldGiveNoPlaceToAnOriginThatIsNotNamed() {
        assertThat(Score.of(CACHE, List.of())).isEqualTo(new Score(null, false, List.of()));
        assertThat(Score.of(CACHE, List.of(suspect(null)))).isEqualTo(new Score(null, false, List.of()));
        assertThat(Score.of(CACHE, List.of(suspect("booking")))).isEqualTo(new Score(null, false, List.of("booking")));
    }

    @Test
    void shouldExpectNoSuspectIfNoComponentIsAtFault() {
        assertThat(Score.of(NOBODY, List.of())).isEqualTo(new Score(1, true, List.of()));
        assertThat(Score.of(NOBODY, List.of(suspect(null)))).isEqualTo(new Score(1, true, List.of()));
        assertThat(Score.of(NOBODY, List.of(suspect("cache"), suspect(null)))).isEqualTo(new Score(2, true, List.of("cache")));
        assertThat(Score.of(NOBODY, List.of(suspect("cache")))).isEqualTo(new Score(null, false, List.of("cache")));
    }

    @Test
    void shouldReadTheSuspectsOfTheActiveIncident() {
        var incidents = """
                {"state": "failing", "incidents": [
                  {"active": true, "suspects": [
                    {"component": "postgresql", "path": ["postgresql", "booking"]},
                    {"component": "topic orders", "path": ["topic orders", "cache"]},
                    {"component": null, "path": []}]},
                  {"active": false, "suspects": [{"component": "old", "path": ["old", "gateway"]}]}]}""";

        assertThat(Diagnosis.suspects(incidents)).containsExactly(suspect("postgres", "booking"), suspect("orders", "cache"),
                suspect(null));
    }

    private static Suspect suspect(String component, String... callers) {
        var path = new ArrayList<String>();
        if (component != null) {
            path.add(component);
        }
        path.addAll(List.of(callers));
        return new Suspect(component, List.copyOf(path));
    }
}
