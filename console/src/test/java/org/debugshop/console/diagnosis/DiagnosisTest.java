package org.debugshop.console.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.debugshop.console.diagnosis.Incident.Kind;
import org.debugshop.console.diagnosis.Incident.Suspect;
import org.debugshop.console.diagnosis.Incident.Type;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DiagnosisTest {

    private static final int LIMIT = 20;

    private final MadeUpSystem system = new MadeUpSystem();

    private Suspect firstAfter(String component) {
        assertThat(system.until(component, LIMIT)).as("seconds until %s is the first suspect; now: %s", component, system.active())
                .isPresent();
        return system.first().orElseThrow();
    }

    private void shouldEnd() {
        for (int i = 0; i < 60 && !system.active().isEmpty(); i++) {
            system.pass(1);
        }
        assertThat(system.active()).isEmpty();
        assertThat(system.diagnosis.overall().incidents()).isNotEmpty().allSatisfy(incident -> assertThat(incident.ended()).isNotNull());
    }

    @Test
    void shouldFindNothingInTenHealthyMinutes() {
        for (int i = 0; i < 600; i++) {
            system.pass(1);
            assertThat(system.active()).isEmpty();
        }
        assertThat(system.diagnosis.overall().state()).isEqualTo(Diagnosis.State.HEALTHY);
    }

    @Test
    void shouldSayAtFirstThatThereIsNotEnoughData() {
        system.pass(5);
        assertThat(system.diagnosis.overall().state()).isEqualTo(Diagnosis.State.LEARNING);
        assertThat(system.diagnosis.overall().sentence()).startsWith("Not enough data yet");
    }

    @Test
    void shouldNotCallAColdStartAnIncident() {
        system.knobs.put("shelf fails", 0.8);
        system.knobs.put("shelf slow", 300.0);
        system.pass(8);
        system.knobs.clear();
        for (int i = 0; i < 60; i++) {
            system.pass(1);
            assertThat(system.active()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
            "shelf fails, 0.3, shelf, SERVICE, 'shelf,front'", "bank fails, 0.4, bank, SERVICE, 'bank,front'",
            "shelf slow, 150, shelf, SERVICE, 'shelf,front'", "front slow, 200, front, SERVICE, front",
            "way to shelf, 120, shelf, SERVICE, 'shelf,front'", "database slow, 200, postgresql, DATABASE, 'postgresql,basket,front'",
            "database fails, 0.5, postgresql, DATABASE, 'postgresql,basket,front'", "shelf up, 0, shelf, SERVICE, 'shelf,front'",
            "shelf slow, 3000, shelf, SERVICE, 'shelf,front'", "calls of shelf, 12, front, SERVICE, front",
            "ledger slow, 400, ledger, SERVICE, ledger", "ledger fails, 0.6, ledger, SERVICE, ledger",
            "sales unreadable, 0.9, basket, SERVICE, 'basket,topic sales,post'", "bank cpu, 0.95, bank, SERVICE, 'bank,front'"})
    void shouldNameTheOriginAndItsPath(String knob, double value, String component, Type type, String path) {
        system.pass(60);
        assertThat(system.diagnosis.overall().incidents()).isEmpty();

        system.knobs.put(knob, value);
        var suspect = firstAfter(component);

        assertThat(suspect.type()).isEqualTo(type);
        system.pass(5);
        assertThat(String.join(",", system.first().orElseThrow().path())).isEqualTo(path);
        system.knobs.clear();
        shouldEnd();
    }

    @Test
    void shouldBlameTheServiceForAStatementThatTheDatabaseRefuses() {
        system.pass(60);
        system.knobs.put("database fails", 0.5);
        system.knobs.put("database state", 42.0);
        assertThat(firstAfter("basket").kind()).isEqualTo(Kind.DATA);
    }

    @Test
    void shouldBlameWhoGivesUpTooSoon() {
        system.pass(60);
        system.knobs.put("front patience", 4.0);
        assertThat(firstAfter("front").kind()).isEqualTo(Kind.CONFIGURATION);
    }

    @Test
    void shouldBlameAnAnswerThatWasNeverGivenBefore() {
        system.pass(60);
        system.knobs.put("bank fails", 1.0);
        system.knobs.put("bank status", 401.0);
        assertThat(firstAfter("bank").path()).isEqualTo(List.of("bank", "front"));
    }

    @Test
    void shouldSayWhatFailingRequestsHaveInCommonAndLinkToThem() {
        system.pass(60);
        system.knobs.put("article 3 fails", 1.0);
        firstAfter("shelf");
        system.pass(20);

        var incident = system.active().getFirst();
        assertThat(incident.common()).anySatisfy(common -> {
            assertThat(common.attribute() + "=" + common.value()).isEqualTo("article=3");
            assertThat(common.failing()).isEqualTo(common.ofFailing()).isPositive();
            // The incident begins with a bucket of some seconds, in which a few requests were still good.
            assertThat(common.good()).isLessThan(common.ofGood() / 10);
        });
        assertThat(incident.traces()).isNotEmpty().hasSizeLessThanOrEqualTo(5);
    }

    @Test
    void shouldBlameNobodyIfTheLoadRose() {
        system.pass(60);
        system.knobs.put("load", 10.0);
        system.knobs.put("shelf slow", 200.0);
        system.pass(10);

        assertThat(system.active()).singleElement()
                .satisfies(incident -> assertThat(incident.suspects()).singleElement().satisfies(suspect -> {
                    assertThat(suspect.component()).isNull();
                    assertThat(suspect.type()).isEqualTo(Type.LOAD);
                }));
    }

    @Test
    void shouldNameBothOfTwoFaults() {
        system.pass(60);
        system.knobs.put("shelf fails", 0.3);
        system.knobs.put("database slow", 300.0);
        system.pass(LIMIT);

        assertThat(system.active()).singleElement()
                .satisfies(incident -> assertThat(incident.suspects()).extracting(Suspect::component).contains("shelf", "postgresql"));
    }

    @Test
    void shouldNotChangeItsMindBackAndForth() {
        system.pass(60);
        system.knobs.put("bank fails", 0.4);
        firstAfter("bank");
        for (int i = 0; i < 60; i++) {
            system.pass(1);
            assertThat(system.first()).get().extracting(Suspect::component).isEqualTo("bank");
        }
    }

    @Test
    void shouldNoticeACounterThatNeverCountedBefore() {
        system.counters.put("ledger lost_total", 0.0);
        system.pass(60);
        for (int i = 0; i < LIMIT && system.active().isEmpty(); i++) {
            system.counters.merge("ledger lost_total", 1.0, Double::sum);
            system.pass(1);
        }
        assertThat(system.first()).get().satisfies(suspect -> {
            assertThat(suspect.component()).isEqualTo("ledger");
            assertThat(suspect.kind()).isEqualTo(Kind.DATA);
        });
    }

    @Test
    void shouldNoticeAMessageThatStopsItsConsumer() {
        system.counters.put("ledger consumer_lag", 0.0);
        system.pass(60);
        for (int i = 0; i < LIMIT && system.active().isEmpty(); i++) {
            system.counters.merge("ledger consumer_lag", 2.0, Double::sum);
            system.pass(1);
        }
        assertThat(system.first()).get().extracting(Suspect::type, Suspect::kind).containsExactly(Type.TOPIC, Kind.MESSAGES);
    }

    /** The evidence is all that it uses. */
    @Test
    void shouldKnowNoFaultAndNoService() throws IOException {
        var checkout = Path.of("").toAbsolutePath().getParent();
        var forbidden = new ArrayList<String>();
        try (var files = Files.list(checkout.resolve("failures"))) {
            files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".json"))
                    .map(name -> name.substring(0, name.length() - ".json".length())).filter(id -> id.contains("-"))
                    .forEach(forbidden::add);
        }
        assertThat(forbidden).hasSizeGreaterThan(20);
        forbidden.addAll(List.of("org.debugshop.console.controls", "org.debugshop.console.failures", "shop.failure", "gateway",
                "product-catalog", "ad-service",
                "instabook", "load-generator"));
        try (var sources = Files.list(Path.of("src/main/java/org/debugshop/console/diagnosis"))) {
            assertThat(sources).isNotEmpty().allSatisfy(source -> {
                // Drawings in comments may show the shop.
                var code = Files.readString(source).replaceAll("(?s)/\\*.*?\\*/", "");
                assertThat(forbidden).noneMatch(code::contains);
            });
        }
    }
}
