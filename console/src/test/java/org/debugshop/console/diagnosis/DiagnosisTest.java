package org.debugshop.console.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.debugshop.console.diagnosis.Incident.Kind;
import org.debugshop.console.diagnosis.Incident.Suspect;
import org.debugshop.console.diagnosis.Incident.Type;
import org.junit.jupiter.api.Tag;
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

    /** Lets seconds pass, and expects no incident in any. */
    private void shouldStayQuiet(int seconds) {
        for (int i = 0; i < seconds; i++) {
            system.pass(1);
            assertThat(system.active()).isEmpty();
        }
    }

    private void shouldEnd() {
        for (int i = 0; i < 60 && !system.active().isEmpty(); i++) {
            system.pass(1);
        }
        assertThat(system.active()).isEmpty();
        assertThat(system.overall().incidents()).isNotEmpty().allSatisfy(incident -> assertThat(incident.ended()).isNotNull());
    }

    @Test
    @Tag("nightly")
    void shouldFindNothingInTenHealthyMinutes() {
        shouldStayQuiet(600);
        assertThat(system.overall().state()).isEqualTo(Diagnosis.State.HEALTHY);
        var trouble = system.diagnosis.overall(Optional.of("cache fails"));
        assertThat(trouble.state()).isEqualTo(Diagnosis.State.UNCLEAR);
        assertThat(trouble.sentence()).startsWith("cache fails. This is no incident so far");
    }

    @Test
    void shouldSayAtFirstThatThereIsNotEnoughData() {
        system.pass(5);
        assertThat(system.overall().state()).isEqualTo(Diagnosis.State.LEARNING);
        assertThat(system.overall().sentence()).startsWith("Not enough data yet");
        assertThat(system.diagnosis.overall(Optional.of("cache fails")).sentence()).startsWith("cache fails. Not enough data yet");
    }

    @Test
    void shouldNotCallAColdStartAnIncident() {
        system.knobs.put("shelf fails", 0.8);
        system.knobs.put("shelf slow", 300.0);
        system.pass(8);
        system.knobs.clear();
        shouldStayQuiet(60);
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
        assertThat(system.overall().incidents()).isEmpty();

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
    void shouldSayThatOnlyOneVersionIsBad() {
        system.knobs.put("shelf canary", 0.15);
        system.pass(60);
        system.knobs.put("canaries fail", 1.0);
        firstAfter("shelf");
        system.pass(20);

        assertThat(system.first().orElseThrow().evidence()).extracting(Incident.Evidence::sentence)
                .anyMatch(text -> text.matches("(\\d+) of \\1 bad requests reached version 2 of shelf, and \\d of \\d\\d+ good ones\\."));
    }

    @Test
    void shouldNotBlameAVersionThatIsAsBadAsTheOther() {
        system.knobs.put("shelf canary", 0.3);
        system.pass(60);
        system.knobs.put("shelf fails", 0.5);
        firstAfter("shelf");
        system.pass(20);

        assertThat(system.first().orElseThrow().evidence()).extracting(Incident.Evidence::sentence).isNotEmpty()
                .noneMatch(text -> text.contains("version"));
    }

    @Test
    void shouldBlameNobodyIfTheLoadRose() {
        system.pass(70);
        system.knobs.put("load", 10.0);
        system.knobs.put("shelf slow", 200.0);
        system.pass(10);

        assertThat(system.active()).singleElement()
                .satisfies(incident -> assertThat(incident.suspects()).singleElement().satisfies(suspect -> {
                    assertThat(suspect.component()).isNull();
                    assertThat(suspect.type()).isEqualTo(Type.LOAD);
                }));
    }

    /** The services are slow at first, and so are the users who wait for them. */
    @Test
    void shouldNotTakeTheEndOfAColdStartForARiseOfTheLoad() {
        system.knobs.put("load", 0.2);
        system.pass(30);
        system.knobs.remove("load");
        system.knobs.put("bank fails", 0.8);

        system.pass(30);
        assertThat(system.first()).hasValueSatisfying(suspect -> assertThat(suspect.component()).isEqualTo("bank"));
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
    void shouldGoOnWithAFailureThatBeganDuringAnotherOne() {
        system.pass(60);
        system.knobs.put("shelf fails", 0.5);
        firstAfter("shelf");
        system.pass(30);
        system.knobs.put("database slow", 200.0);
        system.pass(10);
        system.knobs.remove("shelf fails");

        for (int i = 0; i < 90; i++) {
            system.pass(1);
            assertThat(system.active()).as("incidents after %d s", i).isNotEmpty();
        }

        assertThat(system.first().orElseThrow().component()).isEqualTo("postgresql");
        assertThat(system.overall().incidents()).as("the first one has ended").hasSize(2);
        system.knobs.clear();
        shouldEnd();
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

    /** A gauge may be zero for long by chance, so more must be known of it than of a counter. */
    @ParameterizedTest
    @CsvSource({"ledger lost_total, 60", "ledger held, 120"})
    void shouldNoticeACountThatNeverLeftZeroBefore(String count, int seconds) {
        system.counters.put(count, 0.0);
        system.pass(seconds);
        for (int i = 0; i < LIMIT && system.active().isEmpty(); i++) {
            system.counters.merge(count, 1.0, Double::sum);
            system.pass(1);
        }
        assertThat(system.first()).get().extracting(Suspect::component, Suspect::kind).containsExactly("ledger", Kind.DATA);
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

    @Test
    void shouldNotBlameAServiceForABusyHost() {
        system.knobs.put("shelf slow", 60.0);
        system.counters.put("front system_cpu_usage", 0.2);
        system.pass(60);
        system.knobs.put("slowness of all", 2.0);
        system.counters.put("front system_cpu_usage", 1.0);
        shouldStayQuiet(60);
    }

    @Test
    void shouldNotBlameAServiceForMessagesOfMoreBuyers() {
        system.knobs.put("buyers", 1.0);
        system.pass(60);
        system.knobs.put("buyers", 6.0);
        shouldStayQuiet(60);
    }

    @Test
    void shouldBlameAConsumerThatSendsMessagesToItself() {
        system.pass(60);
        system.knobs.put("ledger sends again", 4.0);
        assertThat(firstAfter("ledger").path()).startsWith("ledger", "topic sales");
    }

    @Test
    void shouldBlameTheOnlyCallerThatIsRefused() {
        system.knobs.put("basket asks shelf", 1.0);
        system.pass(60);
        system.knobs.put("basket cannot reach shelf", 1.0);
        assertThat(firstAfter("basket").kind()).isEqualTo(Kind.CONFIGURATION);
        system.pass(5);
        assertThat(system.first().orElseThrow().path()).isEqualTo(List.of("basket", "front"));
    }

    @Test
    void shouldNotTakeARefusalForARestartIfTheServiceHasBeenUpForLong() {
        system.knobs.put("basket asks shelf", 1.0);
        system.pass(5);
        system.counters.put("shelf process_start_time_seconds", system.nowMillis() / 1000.0);
        system.pass(60);
        system.knobs.put("basket cannot reach shelf", 1.0);
        assertThat(firstAfter("basket").kind()).isEqualTo(Kind.CONFIGURATION);
    }

    @Test
    void shouldNotBlameTheCallerThatIsRefusedForWhatOthersWaitFor() {
        system.knobs.put("basket asks shelf", 1.0);
        system.pass(60);
        system.knobs.put("basket cannot reach shelf", 1.0);
        system.knobs.put("shelf slow", 300.0);
        assertThat(system.until("basket", LIMIT).or(() -> system.until("shelf", LIMIT))).isPresent();
        system.pass(5);
        assertThat(system.active().getFirst().suspects()).extracting(Suspect::component).containsExactlyInAnyOrder("basket", "shelf");
    }

    @Test
    void shouldBlameTheCallerOfAnAddressWhereNothingEverAnswered() {
        system.pass(60);
        system.knobs.put("front cannot reach bank", 1.0);
        system.knobs.put("front port of bank", 9.0);
        var suspect = firstAfter("front");
        assertThat(suspect.kind()).isEqualTo(Kind.CONFIGURATION);
        assertThat(suspect.sentence()).contains("localhost:9");
    }

    @Test
    void shouldBlameTheCallerForTheDelayThatAllItsCallsShare() {
        system.pass(60);
        for (String callee : List.of("shelf", "bank", "basket")) {
            system.knobs.put("way to " + callee, 120.0);
        }
        assertThat(firstAfter("front").path()).isEqualTo(List.of("front"));
    }

    @Test
    void shouldBlameWhoRepeatsFailedCallsAgainAndAgain() {
        system.pass(60);
        system.knobs.put("bank fails", 0.9);
        system.knobs.put("attempts at bank", 10.0);
        var suspect = firstAfter("front");
        assertThat(suspect.kind()).isEqualTo(Kind.LOAD);
        assertThat(suspect.path()).isEqualTo(List.of("front", "bank", "front"));
    }

    @Test
    void shouldNoticeAMeanThatMovesByAFactor() {
        for (int i = 0; i < 110; i++) {
            system.counters.merge("ledger amount_sum", 40.0, Double::sum);
            system.counters.merge("ledger amount_count", 2.0, Double::sum);
            system.pass(1);
        }
        assertThat(system.active()).isEmpty();
        for (int i = 0; i < 2 * LIMIT && system.active().isEmpty(); i++) {
            system.counters.merge("ledger amount_sum", 4000.0, Double::sum);
            system.counters.merge("ledger amount_count", 2.0, Double::sum);
            system.pass(1);
        }
        assertThat(system.first()).get().extracting(Suspect::component, Suspect::kind).containsExactly("ledger", Kind.DATA);
    }

    /** Such as the amounts of the first orders in a currency. */
    @Test
    void shouldNotCompareWithAFewValues() {
        for (int i = 0; i < 110; i++) {
            if (i % 18 == 0) {
                system.counters.merge("ledger amount_sum", i < 90 ? 4000.0 : 30.0, Double::sum);
                system.counters.merge("ledger amount_count", 1.0, Double::sum);
            }
            if (i > 90 && i % 5 == 0) {
                system.counters.merge("ledger amount_sum", 30.0, Double::sum);
                system.counters.merge("ledger amount_count", 1.0, Double::sum);
            }
            system.pass(1);
            assertThat(system.active()).isEmpty();
        }
    }

    @Test
    void shouldNotBlameADeploymentThatChangesNothing() {
        system.counters.put("shelf process_start_time_seconds", system.nowMillis() / 1000 - 10_000.0);
        system.pass(60);
        system.counters.put("shelf process_start_time_seconds", system.nowMillis() / 1000.0);
        for (int i = 0; i < 60; i++) {
            system.scraped("shelf", "target_info", 1, "service_version", "2.0.0");
            system.pass(1);
            assertThat(system.active()).isEmpty();
        }
        system.knobs.put("bank fails", 0.4);
        firstAfter("bank");
        assertThat(system.active().getFirst().changes()).isNotEmpty().allSatisfy(change -> {
            assertThat(change.component()).isEqualTo("shelf");
            assertThat(change.cause()).isFalse();
        });
    }

    @Test
    void shouldKeepAnIncidentOpenBetweenItsFailures() {
        system.pass(60);
        String id = null;
        for (int i = 0; i < 160; i++) {
            system.knobs.put("bank fails", i % 8 < 2 ? 1.0 : 0.0);
            system.pass(1);
            if (i > 40) {
                assertThat(system.active()).as("after %d s", i).hasSize(1);
                id = id == null ? system.active().getFirst().id() : id;
                assertThat(system.active().getFirst().id()).isEqualTo(id);
            }
        }
    }

    @Test
    @Tag("nightly")
    void shouldKeepAnIncidentOpenWhileARequestFailsNowAndThen() {
        system.pass(60);
        system.knobs.put("bank fails", 0.08);
        assertThat(system.until("bank", 60)).isPresent();
        String id = system.active().getFirst().id();
        system.pass(30);
        system.knobs.put("bank fails", 0.045); // too few to begin an incident
        for (int i = 0; i < 400; i++) {
            system.pass(1);
            assertThat(system.active()).as("after %d s", i).hasSize(1);
            assertThat(system.active().getFirst().id()).isEqualTo(id);
            assertThat(system.first()).get().extracting(Suspect::component).isEqualTo("bank");
        }
        system.knobs.clear();
        system.pass(150);
        shouldEnd();
    }

    @Test
    @Tag("nightly")
    void shouldStayBoundedIfNamesAreRandom() throws IllegalAccessException {
        system.knobs.put("random names", 1.0);
        system.knobs.put("load", 3.0);
        system.pass(220);
        assertThat(system.overall().incidents()).isEmpty();
        for (var field : Diagnosis.class.getDeclaredFields()) {
            field.setAccessible(true);
            Object value = field.get(system.diagnosis);
            if (value instanceof Map<?, ?> map) {
                assertThat(map.size()).as(field.getName()).isLessThanOrEqualTo(Window.MAX_KEYS);
            } else if (value instanceof Collection<?> all) {
                assertThat(all.size()).as(field.getName()).isLessThanOrEqualTo(Window.MAX_KEYS);
            } else if (value instanceof Past past) {
                assertThat(past.keysWith(new Window(0, _ -> 0))).hasSizeBetween(Window.MAX_KEYS - 100, Window.MAX_KEYS);
            }
        }
    }

    @Test
    void shouldReadTheLogsIfSpansHaveNoStatus() {
        system.knobs.put("no statuses", 1.0);
        system.pass(90);
        assertThat(system.overall().incidents()).isEmpty();
        system.knobs.put("shelf fails", 0.6);
        var suspect = firstAfter("shelf");
        assertThat(suspect.path()).isEqualTo(List.of("shelf", "front"));
        assertThat(suspect.sentence()).contains("Cannot answer request # of GET /list: not today");
        system.knobs.remove("shelf fails");
        shouldEnd();
    }

    @Test
    void shouldBlameTheServiceThatTheOnlyNewErrorNames() {
        system.pass(90);
        for (int i = 0; i < LIMIT; i++) {
            system.log("front", "No instances available for bank");
            system.pass(1);
        }
        assertThat(system.first()).get().extracting(Suspect::component).isEqualTo("bank");
    }

    @Test
    void shouldIgnoreErrorsThatWereAlwaysLogged() {
        for (int i = 0; i < 180; i++) {
            if (i % (i < 120 ? 6 : 2) == 0) { // three times as often is no failure
                system.log("ledger", "Registry %d does not answer".formatted(i));
            }
            if (i % 60 == 59) {
                system.log("post", "A rare error");
            }
            system.pass(1);
            assertThat(system.active()).isEmpty();
        }
    }

    @Test
    void shouldNoticeCallsThatAreNoLongerMade() {
        system.pass(90);
        system.knobs.put("front forgets bank", 1.0);
        var suspect = firstAfter("front");
        assertThat(suspect.sentence()).startsWith("front hardly calls bank any more: 0.0 times for one request, before 1.0");
        system.pass(60);
        assertThat(system.active()).hasSize(1);
        system.knobs.clear();
        shouldEnd();
    }

    @Test
    void shouldNotMissCallsWhoseAnswersAreRememberedForASecond() {
        system.knobs.put("buyers", 1.0);
        system.knobs.put("charges a second", 1.0);
        system.pass(90);
        system.knobs.put("buyers", 5.0);
        shouldStayQuiet(60);
    }

    @Test
    void shouldNoticeAServiceThatOnlyItsMetricsMiss() {
        system.knobs.put("load", 0.0);
        system.counters.put("post up", 1.0);
        system.pass(60);
        system.knobs.put("post up", 0.0);
        assertThat(system.until("post", 2 * LIMIT)).isPresent();
        system.knobs.clear();
        shouldEnd();
    }

    @Test
    void shouldBlameADatabaseThatAnswersNobody() {
        system.knobs.put("shelf has a database", 1.0);
        system.pass(90);
        system.knobs.put("database silent", 1.0);
        assertThat(firstAfter("postgresql").type()).isEqualTo(Type.DATABASE);
    }

    @Test
    void shouldBlameTheTopicThatNoMessageArrivesAt() {
        system.pass(90);
        system.knobs.put("no messages", 1.0);
        assertThat(system.until("topic sales", 2 * LIMIT)).isPresent();
        assertThat(system.first().orElseThrow().type()).isEqualTo(Type.TOPIC);
    }

    @Test
    void shouldNoticeSoonThatNobodyCanReachTheSystem() {
        system.pass(90);
        system.knobs.put("front up", 0.0);
        system.knobs.put("load", 0.0);
        assertThat(firstAfter("front").path()).isEqualTo(List.of("front"));
    }

    @Test
    void shouldBlameAServiceThatStartsAgainAndAgain() {
        system.pass(90);
        for (int i = 0; i < 24; i++) { // it is up at the end
            system.knobs.put("shelf up", i % 6 < 4 ? 0.0 : 1.0);
            system.counters.put("shelf process_start_time_seconds", system.nowMillis() / 1000.0);
            system.pass(1);
        }
        assertThat(system.first()).get().extracting(Suspect::component, Suspect::kind).containsExactly("shelf", Kind.ERRORS);
    }

    /** A request that fails before its call to a database is no sign of a missing connection, if it seldom makes that call. */
    @Test
    void shouldNotBlameADatabaseThatAnOperationCallsNowAndThen() {
        for (int i = 0; i < 110; i++) {
            system.pass(1);
            if (i % 20 == 0) {
                system.knobs.put("bank has a database", 1.0);
            } else {
                system.knobs.remove("bank has a database");
            }
        }
        system.knobs.put("bank fails", 1.0);
        assertThat(firstAfter("bank").kind()).isEqualTo(Kind.ERRORS);
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
