package org.debugshop.console.api;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.debugshop.console.TestSpans.client;
import static org.debugshop.console.TestSpans.keyValue;
import static org.debugshop.console.TestSpans.logRecord;
import static org.debugshop.console.TestSpans.logsRequest;
import static org.debugshop.console.TestSpans.request;
import static org.debugshop.console.TestSpans.server;
import static org.debugshop.console.TestSpans.traceId;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.emptyString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.oneOf;
import static org.hamcrest.Matchers.startsWith;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.MessageLite;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.debugshop.console.TestSpans;
import org.debugshop.console.otlp.OtlpServer;
import org.debugshop.console.store.Sample;
import org.debugshop.console.store.SeriesStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each test sends telemetry of its own service, because all tests share one console. */
@QuarkusTest
class ApiTest {

    private static long traces = 0x1000;

    @Inject
    OtlpServer otlp;
    @Inject
    SeriesStore series;

    private long trace;

    @BeforeEach
    void nextTrace() {
        trace = traces += 0x100;
    }

    private void send(String path, MessageLite body) {
        given().port(otlp.port()).contentType("application/x-protobuf").body(body.toByteArray()).when().post(path).then().statusCode(200);
    }

    private void send(String service, TestSpans... spans) {
        send("/v1/traces", request(service, java.util.Arrays.stream(spans).map(TestSpans::sent)
                .toArray(io.opentelemetry.proto.trace.v1.Span.Builder[]::new)));
    }

    @Test
    void shouldListItsPathsAtItsAddress() {
        var questions = given().get("/").then().statusCode(200).body("service", equalTo("Console")).extract()
                .<List<String>>path("questions");
        questions.forEach(question -> given().get(question).then().statusCode(200));
    }

    @Test
    void shouldSayWhetherSomethingFails() {
        given().get("/api/incidents").then().statusCode(200).body("state", oneOf("learning", "healthy", "unclear", "failing"))
                .body("sentence", not(emptyString())).body("incidents", notNullValue());
        given().get("/api/incidents/none").then().statusCode(404).body("error", equalTo("There is no incident none"));
    }

    @Test
    void shouldShowATraceOfTwoServicesWithItsLogs() {
        send("shop-a", server("shop-a", "GET /").trace(trace).id(1).lasting(20), client("shop-a", "GET").trace(trace).id(2).parent(1).at(1)
                .attribute("k", "v"));
        send("shop-b", server("shop-b", "GET /rates").trace(trace).id(3).parent(2).at(2).error());
        send("/v1/logs", logsRequest("shop-b", logRecord(17, "it broke", 3).setTraceId(TestSpans.idBytes(traceId(trace)))
                .setSpanId(TestSpans.idBytes(3)),
                logRecord(9, "before", 2).setTraceId(TestSpans.idBytes(traceId(trace)))));

        given().when().get("/api/traces/" + traceId(trace).toString().toUpperCase()).then().statusCode(200)
                .body("trace_id", equalTo(traceId(trace).toString()))
                .body("spans.span_id", contains("0000000000000001", "0000000000000002", "0000000000000003"))
                .body("spans.parent_span_id", contains(null, "0000000000000001", "0000000000000002"))
                .body("spans[1].attributes", equalTo(Map.of("k", "v")))
                .body("spans[2].status", equalTo("ERROR"))
                .body("spans[0].start", equalTo("2026-01-31T10:00:00.000000000Z"))
                .body("spans[0].duration_us", equalTo(20_000))
                .body("logs.message", contains("before", "it broke"))
                .body("logs[1].level", equalTo("ERROR"))
                .body("logs[1].span_id", equalTo("0000000000000003"))
                .body("logs[0].span_id", nullValue())
                .body("origin.span_id", equalTo("0000000000000003"))
                .body("origin.sentence", startsWith("shop-b failed"))
                .body("critical_path.span_id", contains("0000000000000001", "0000000000000002", "0000000000000003", "0000000000000001"))
                .body("critical_path.duration_us.sum()", equalTo(20_000));
        given().queryParam("service", "shop-b").when().get("/api/traces").then().statusCode(200)
                .body("traces[0].trace_id", equalTo(traceId(trace).toString()))
                .body("traces[0].root_service", equalTo("shop-a"))
                .body("traces[0].root_operation", equalTo("GET /"))
                .body("traces[0].services", contains("shop-a", "shop-b"))
                .body("traces[0].spans_by_service", equalTo(Map.of("shop-a", 2, "shop-b", 1)))
                .body("traces[0].origin.service", equalTo("shop-b"))
                .body("traces[0].spans", equalTo(3))
                .body("traces[0].errors", equalTo(1))
                .body("traces[0].duration_us", equalTo(20_000));
        given().when().get("/api/services").then().statusCode(200).body("name", hasItems("shop-a", "shop-b"))
                .body("find { it.name == 'shop-b' }.error_share", equalTo(1.0f))
                .body("find { it.name == 'shop-b' }.p95_ms", equalTo(10.0f))
                .body("find { it.name == 'shop-b' }.versions", contains(""));
        given().when().get("/api/services/shop-b/copies").then().statusCode(200).body("service", equalTo("shop-b"))
                .body("copies.version", contains("")).body("copies[0].error_share", equalTo(1.0f)).body("copies[0].instances", empty());
        given().when().get("/api/services/shop-b/copies?since=1s").then().statusCode(200).body("copies", empty());
        given().when().get("/api/edges").then().statusCode(200)
                .body("find { it.from == 'shop-a' }.to", equalTo("shop-b"))
                .body("find { it.from == 'shop-a' }.requests", equalTo(1));
    }

    @Test
    void shouldFilterTraces() {
        send("filter", server("filter", "fast").trace(trace).id(1).lasting(1).attribute("shop.product.id", "7"),
                server("filter", "slow").trace(trace + 1).id(1).lasting(900).error());

        assertThat(operations("error=true")).containsExactly("slow");
        assertThat(operations("error=false")).containsExactly("fast");
        assertThat(operations("min_duration_ms=899.5")).containsExactly("slow");
        assertThat(operations("attribute=shop.product.id=7")).containsExactly("fast");
        assertThat(operations("attribute=shop.product.id=7&attribute=no=thing")).isEmpty();
        assertThat(operations("operation=slow")).containsExactly("slow");
        assertThat(operations("since=5m")).as("they began long ago").isEmpty();
        assertThat(operations("since=2026-01-31T10:00:00Z")).hasSize(2);
        assertThat(operations("since=2026-01-31T11:00:00+01:00")).hasSize(2);
        assertThat(operations("until=2026-01-31T09:59:59Z")).isEmpty();
        assertThat(operations("until=2026-01-31T10:00:00Z")).hasSize(2);
        assertThat(operations("max_duration_ms=1.5")).containsExactly("fast");
        given().when().get("/api/traces?until=later").then().statusCode(400).body("error", startsWith("The parameter until"));
        assertThat(operations("error=&operation=&since=")).as("empty is missing").hasSize(2);
    }

    @Test
    void shouldFindWhatTracesHaveInCommon() {
        var spans = new ArrayList<TestSpans>();
        for (int i = 0; i < 40; i++) {
            boolean three = i % 4 == 0;
            var span = server("common", "POST /buy").trace(trace + i).at(1000 + i).lasting(three ? 200 : 10)
                    .attribute("shop.product.id", three ? "3" : "" + (10 + i % 3)).attribute("shop.order.id", "o-" + i);
            spans.add(three ? span.error() : span);
        }
        spans.add(server("common", "GET /other").trace(trace + 60).at(1000).attribute("shop.product.id", "99"));
        send("common", spans.toArray(TestSpans[]::new));

        for (String query : List.of("error=true", "min_duration_ms=100", "attribute=shop.product.id=3",
                "max_duration_ms=300&min_duration_ms=100&since=2026-01-31T10:00:01Z&until=2026-01-31T10:00:02Z")) {
            given().get("/api/traces/common?service=common&" + query).then().statusCode(200).body("selected", equalTo(10))
                    .body("others", equalTo(30)).body("shared", equalTo(List.of(Map.of("attribute", "shop.product.id", "value", "3",
                            "selected", 10, "of_selected", 10, "others", 0, "of_others", 30))));
        }
        given().queryParam("operation", "POST /buy").get("/api/traces/common?service=common&until=2026-01-31T10:00:01.019Z").then()
                .body("selected", equalTo(20)).body("others", equalTo(20)).body("shared", empty());
        given().get("/api/traces/common?service=nobody").then().statusCode(200).body("selected", equalTo(0)).body("shared", empty());
        given().get("/api/traces/common?error=maybe").then().statusCode(400).body("error", startsWith("The parameter error"));
    }

    @Test
    void shouldFindTheGoodTracesAroundAFailedOne() {
        send("around", server("around", "GET /").trace(trace).at(0), server("around", "GET /").trace(trace + 1).at(100),
                server("around", "POST /").trace(trace + 2).at(150), server("around", "GET /").trace(trace + 3).at(200).error(),
                server("around", "GET /").trace(trace + 4).at(300), server("around", "GET /").trace(trace + 5).at(400));

        given().when().get("/api/traces/" + traceId(trace + 3) + "/neighbours").then().statusCode(200)
                .body("last_good.trace_id", equalTo(traceId(trace + 1).toString()))
                .body("next_good.trace_id", equalTo(traceId(trace + 4).toString()));
        given().when().get("/api/traces/" + traceId(trace + 2) + "/neighbours").then().statusCode(200).body("last_good", nullValue());
        given().when().get("/api/traces/" + traceId(trace + 99) + "/neighbours").then().statusCode(404);
    }

    @Test
    void shouldListTheTermsForASearch() {
        var spans = new ArrayList<TestSpans>();
        for (int i = 0; i < 40; i++) {
            spans.add(server("words", "op").trace(trace).id(i + 1).attribute("kind", "one").attribute("id", "id-" + i));
        }
        send("words", spans.toArray(TestSpans[]::new));

        given().when().get("/api/vocabulary?service=words").then().statusCode(200).body("services", hasItem("words"))
                .body("operations", contains("op")).body("attributes.kind", contains("one")).body("attributes.id.size()", equalTo(12));
    }

    @Test
    void shouldLayOutEveryServiceAndCallOfTheOverview() {
        for (String direction : List.of("right", "down")) {
            List<String> drawn = given().when().get("/api/graph?direction=" + direction).then().statusCode(200).extract()
                    .path("nodes.name");
            assertThat(drawn).containsAll(given().when().get("/api/overview").then().statusCode(200).extract().path("services.name"));
        }
        given().when().get("/api/graph?direction=up").then().statusCode(400).body("error", startsWith("The parameter direction"));
    }

    @Test
    void shouldFindOriginsWithoutWhatServicesSayIfAsked() {
        long now = System.currentTimeMillis() - TestSpans.START.toEpochMilli();
        send("sayer", server("sayer", "GET /").trace(trace).at(now).error().attribute("shop.own.failure", "the disk is full"));

        var reasons = "origins.findAll { it.service == 'sayer' }.reason";
        await().untilAsserted(() -> given().when().get("/api/overview").then().statusCode(200).body(reasons, contains("the disk is full")));
        given().when().get("/api/overview?blind=true").then().statusCode(200).body(reasons, contains(nullValue()));
        given().when().get("/api/overview?blind=a+little").then().statusCode(400).body("error",
                equalTo("The parameter blind must be true or false"));
    }

    private static List<String> operations(String query) {
        return given().when().get("/api/traces?service=filter&" + query).then().statusCode(200).extract().path("traces.root_operation");
    }

    @Test
    void shouldPageThroughTracesWhileNewOnesArrive() {
        for (int i = 0; i < 7; i++) {
            send("paged", server("paged", "op").trace(trace + i).id(1).at(i));
        }
        List<String> seen = new ArrayList<>();
        String cursor = "";
        do {
            var page = given().queryParam("service", "paged").queryParam("limit", 3).queryParam("cursor", cursor).when().get("/api/traces")
                    .then().statusCode(200).extract().jsonPath();
            seen.addAll(page.getList("traces.trace_id"));
            cursor = page.getString("cursor");
            send("paged", server("paged", "op").trace(trace + 50 + seen.size()).id(1).at(1000));
        } while (cursor != null);

        assertThat(seen).hasSize(7).doesNotHaveDuplicates().startsWith(traceId(trace + 6).toString());
    }

    @Test
    void shouldFilterLogs() {
        send("/v1/logs", logsRequest("logging", logRecord(9, "Order taken", 1), logRecord(13, "Order refused", 2)
                .setTraceId(TestSpans.idBytes(traceId(trace)))));

        logs("").body("logs.message", contains("Order refused", "Order taken")).body("cursor", nullValue());
        logs("&level=warn").body("logs.message", contains("Order refused"));
        logs("&level=FATAL").body("logs", empty());
        logs("&text=TAKEN").body("logs.message", contains("Order taken"));
        logs("&trace_id=" + traceId(trace)).body("logs.message", contains("Order refused"));
        logs("&limit=1").body("logs", org.hamcrest.Matchers.hasSize(1)).body("cursor", notNullValue());
    }

    @Test
    void shouldShowTheSenderOfALogRecord() {
        var request = logsRequest("named", LogRecord.newBuilder().setTimeUnixNano(TestSpans.nanos(1)).setEventName("browser.page_view")
                .addAttributes(keyValue("page.title", "Shop"))).toBuilder();
        request.getResourceLogsBuilder(0).getResourceBuilder().addAttributes(keyValue("host.name", "h1"));
        request.getResourceLogsBuilder(0).getScopeLogsBuilder(0).getScopeBuilder().setName("org.example.Pages");
        send("/v1/logs", request.build());

        given().get("/api/logs?service=named").then().statusCode(200).body("logs.size()", equalTo(1))
                .body("logs[0].event_name", equalTo("browser.page_view")).body("logs[0].message", equalTo(""))
                .body("logs[0].scope", equalTo("org.example.Pages"))
                .body("logs[0].resource", equalTo(Map.of("service.name", "named", "host.name", "h1")));
    }

    @ParameterizedTest
    @CsvSource({"attribute=order.id=o-2, o-2", "attribute=order.id=o-2&attribute=tries=3, o-2",
            "attribute=order.id=o-2&attribute=tries=4, ''",
            "attribute=host.name=h1&attribute=order.id=o-1, o-1", "attribute=order.id=o, ''", "attribute=none=o-1, ''",
            "attribute=event.name=order.taken, o-1", "attribute=otel.scope.name=Orders&level=warn, o-2", "text=ORDER.TAKEN, o-1"})
    void shouldFindLogRecordsByTheirFields(String query, String message) {
        var request = logsRequest("fields", logRecord(9, "o-1", 1).addAttributes(keyValue("order.id", "o-1")).setEventName("order.taken"),
                logRecord(13, "o-2", 2).addAttributes(keyValue("order.id", "o-2"))
                        .addAttributes(KeyValue.newBuilder().setKey("tries").setValue(AnyValue.newBuilder().setIntValue(3))))
                .toBuilder();
        request.getResourceLogsBuilder(0).getResourceBuilder().addAttributes(keyValue("host.name", "h1"));
        request.getResourceLogsBuilder(0).getScopeLogsBuilder(0).getScopeBuilder().setName("Orders");
        send("/v1/logs", request.build());

        List<String> found = given().get("/api/logs?service=fields&" + query).then().statusCode(200).extract().path("logs.message");
        assertThat(found.stream().distinct()).containsExactlyElementsOf(message.isEmpty() ? List.of() : List.of(message));
    }

    private static io.restassured.response.ValidatableResponse logs(String query) {
        return given().when().get("/api/logs?service=logging" + query).then().statusCode(200);
    }

    @Test
    void shouldAnswerSeriesByNameAndLabels() {
        long now = System.currentTimeMillis();
        series.add("api-test", now, List.of(
                new Sample("m_total{status=\"500\"}", "m_total", List.of("status", "500"), 3,
                        Optional.of(new Sample.Exemplar("abc", "", 0.5,
                                1.5))),
                new Sample("m_total{status=\"200\"}", "m_total", List.of("status", "200"), Double.POSITIVE_INFINITY, Optional.empty())));
        long tick = now - now % SeriesStore.TICK_MILLIS;

        given().when().get("/api/metrics").then().statusCode(200).body("$", hasItem("m_total"));
        given().when().get("/api/metrics/m_total?service=api-test&status=500&since=5m").then().statusCode(200)
                .body("[0].labels", equalTo(Map.of("service", "api-test", "status", "500")))
                .body("[0].points", equalTo(List.of(List.of(tick, 3.0f))))
                .body("[0].exemplars[0].trace_id", equalTo("abc"));
        given().when().get("/api/metrics/m_total?status=200").then().statusCode(200).body("[0].points[0][1]", nullValue());
        given().when().get("/api/metrics/m_total?status=404").then().statusCode(200).body("$", empty());
        given().when().get("/api/metrics/nobody_knows").then().statusCode(200).body("$", empty());
    }

    @Test
    void shouldPageThroughSeriesByTheLinkOfEachPage() {
        long now = System.currentTimeMillis();
        for (int i = 0; i < 5; i++) {
            series.add("paged", now, List.of(new Sample("p_total{n=\"" + i + "\",k=\"a b&c\"}", "p_total",
                    List.of("n", "" + i, "k", "a b&c"), i, Optional.empty())));
        }
        List<String> seen = new ArrayList<>();
        String next = "?k=a%20b%26c&limit=2";
        do {
            var page = given().urlEncodingEnabled(false).when().get("/api/metrics/p_total" + next).then().statusCode(200);
            page.body("size()", lessThanOrEqualTo(2));
            seen.addAll(page.extract().path("labels.n"));
            String link = page.extract().header("Link");
            next = link == null ? null : link.replaceFirst("^<(\\?.*)>; rel=\"next\"$", "$1");
        } while (next != null);

        assertThat(seen).containsExactly("0", "1", "2", "3", "4");
    }

    @ParameterizedTest
    @CsvSource({
            "/api/traces?since=yesterday, since", "/api/traces?since=-5m, since", "/api/services?since=5, since",
            "/api/services/x/copies?since=5, since",
            "/api/edges?since=1h%20, since",
            "/api/traces?limit=0, limit", "/api/traces?limit=1001, limit", "/api/logs?limit=ten, limit",
            "/api/logs?attribute=key, attribute",
            "/api/logs?limit=99999999999, limit",
            "/api/traces?cursor=x, cursor", "/api/logs?cursor=zz, cursor", "/api/traces?error=yes, error",
            "/api/traces?min_duration_ms=-1, min_duration_ms",
            "/api/traces?min_duration_ms=NaN, min_duration_ms", "/api/traces?min_duration_ms=1e999999999, min_duration_ms",
            "/api/traces?attribute=key, attribute", "/api/traces?attribute==v, attribute", "/api/logs?level=LOUD, level",
            "/api/logs?trace_id=1, trace_id", "/api/traces/xyz, trace_id", "/api/traces/000000000000feed000000000000000g, trace_id",
            "/api/metrics/a-b, name", "/api/metrics/up?since=x, since",
            "/api/metrics/up?limit=0, limit", "/api/metrics/up?cursor=x, cursor", "/api/metrics/up?cursor=YWJj, cursor"})
    void shouldNameAnInvalidParameter(String path, String parameter) {
        given().urlEncodingEnabled(false).when().get(path).then().statusCode(400).contentType("application/json").body("error",
                containsString(parameter));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1h30m", "90s", "1d", "500ms", "0s", "99999d", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"})
    void shouldAcceptAllFormatsOfSince(String since) {
        given().when().get("/api/traces?since=" + since).then().statusCode(200);
    }

    @Test
    void shouldNotFindAnUnknownTrace() {
        given().when().get("/api/traces/" + "ab".repeat(16)).then().statusCode(404).body("error", equalTo("Trace not found"));
    }

    @Test
    void shouldAnswerHostileTextAsWellFormedJson() throws Exception {
        String hostile = "</script><script>alert(1)</script>\u0000\u0007\u2028\"\\" + "x".repeat(50_000);
        send(hostile, server("x", hostile).trace(trace).attribute(hostile, hostile));
        given().port(otlp.port()).contentType("application/json").body("""
                {"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"%s","spanId":"00000000000000ff","name":"\\ud800",
                "attributes":[{"key":"\\udfff","value":{"doubleValue":"NaN"}}]}]}]}]}""".formatted(traceId(trace))).when()
                .post("/v1/traces").then().statusCode(200);

        var answer = given().when().get("/api/traces/" + traceId(trace)).then().statusCode(200)
                .header("Content-Type", startsWith("application/json")).extract().asByteArray();
        var spans = new ObjectMapper().readTree(answer).get("spans");
        assertThat(spans).hasSize(2);
        assertThat(spans.findValuesAsText("name"))
                .anyMatch(name -> name.startsWith("</script><script>alert(1)</script>\u0000\u0007\u2028\"\\x"));
        assertThat(spans.findValuesAsText("\ufffd")).as("the value, and its text").containsExactly("NaN", "NaN");
        new ObjectMapper().readTree(given().when().get("/api/services").asByteArray());
    }

    @Test
    void shouldDescribeItselfWithTheNamesOnTheWire() {
        given().when().get("/q/openapi?format=json").then().statusCode(200)
                .body("paths.keySet()", hasItems("/api/overview", "/api/graph", "/api/live", "/api/vocabulary",
                        "/api/services", "/api/edges", "/api/traces", "/api/traces/{trace_id}", "/api/traces/{trace_id}/neighbours",
                        "/api/logs",
                        "/api/metrics", "/api/metrics/{name}"))
                .body("paths.'/api/traces'.get.parameters.name", hasItems("min_duration_ms", "attribute", "cursor"))
                .body("paths.'/api/logs'.get.parameters.name", hasItems("text", "attribute", "cursor"))
                .body("paths.'/api/metrics/{name}'.get.parameters.name", hasItems("service", "since", "limit", "cursor"))
                .body("paths.'/api/metrics/{name}'.get.responses.'200'.content.'application/json'.schema.items.$ref",
                        equalTo("#/components/schemas/Series"))
                .body("components.schemas.TraceLine.properties.keySet()", hasItems("trace_id", "duration_us", "root_operation"))
                .body("components.schemas.Service.properties.keySet()", hasItems("p95_ms", "error_share"));
    }

    @Test
    void shouldExposeHowFullItIsAsMetrics() {
        send("metered", server("metered", "/").trace(trace));

        given().when().get("/metrics").then().statusCode(200)
                .body(containsString("console_spans_stored "), containsString("console_spans_received_total "),
                        containsString("console_spans_dropped_total{reason=\"evicted\""), containsString("console_series_stored "));
    }

    @Test
    void shouldReturnAMetricAsLines() {
        long now = System.currentTimeMillis();
        for (int tick = 20; tick >= 0; tick--) {
            series.add("chart-a", now - tick * (long) SeriesStore.TICK_MILLIS,
                    List.of(new Sample("charted_total{k=\"v\"}", "charted_total", List.of("k", "v"), 2.0 * (20 - tick), Optional.empty())));
        }

        given().get("/api/charts").then().statusCode(200).body("find { it.name == 'charted_total' }.kind", equalTo("COUNTER"));
        given().queryParam("service", "chart-a").get("/api/charts/charted_total").then().statusCode(200)
                .body("show", equalTo("RATE")).body("shows", contains("RATE", "VALUE")).body("unit", equalTo("1/s"))
                .body("lines.size()", equalTo(1)).body("lines[0].points[-1][1]", equalTo(1.0f)).body("labels.k", contains("v"))
                .body("left_out", equalTo(0));
        given().queryParam("k", "other").get("/api/charts/charted_total").then().statusCode(200).body("lines", empty());
        given().get("/api/charts/no_such_metric").then().statusCode(200).body("lines", empty()).body("labels", equalTo(Map.of()));
        given().queryParam("show", "value").queryParam("since", "5s").get("/api/charts/charted_total").then().statusCode(200)
                .body("lines[0].points.size()", lessThanOrEqualTo(2));
    }

    @ParameterizedTest
    @CsvSource({"/api/charts/charted?show=sideways, 400", "/api/charts/up?show=quantiles, 400"})
    void shouldReportWhyThereIsNoChart(String path, int status) {
        series.add("chart-b", System.currentTimeMillis(), List.of(new Sample("up", "up", List.of(), 1, Optional.empty())));
        given().get(path).then().statusCode(status).body("error", notNullValue());
    }

    @Test
    void shouldFindLogRecordsUntilATime() {
        send("/v1/logs", logsRequest("until-a", logRecord(9, "early", 1), logRecord(9, "late", 3)));
        var late = given().queryParam("service", "until-a").get("/api/logs").then().body("logs.message", contains("late", "early"))
                .extract().<List<String>>path("logs.time");

        given().queryParam("service", "until-a").queryParam("until", late.get(1)).get("/api/logs").then().statusCode(200)
                .body("logs.message", contains("early"));
        given().queryParam("until", "yesterday").get("/api/logs").then().statusCode(400).body("error", containsString("until"));
    }
}
