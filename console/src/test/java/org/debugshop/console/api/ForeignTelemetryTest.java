package org.debugshop.console.api;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.debugshop.console.TestSpans.idBytes;
import static org.debugshop.console.TestSpans.keyValue;
import static org.debugshop.console.TestSpans.traceId;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.common.v1.KeyValueList;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.debugshop.console.TestSpans;
import org.debugshop.console.otlp.OtlpServer;
import org.debugshop.console.store.TraceId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Telemetry of various senders, from OTLP to the API. */
@QuarkusTest
class ForeignTelemetryTest {

    private static final long NOW = Instant.now().getEpochSecond() * 1_000_000_000L;
    private static final long MILLISECOND = 1_000_000;
    private static long nextTrace = 0x0f0e_0000;

    @Inject
    OtlpServer otlp;

    private final long number = nextTrace++;
    private final TraceId trace = traceId(number);
    private final String service = "foreign-" + number;

    private ValidatableResponse json(String path, String body) {
        return given().port(otlp.port()).contentType("application/json").body(body).when().post(path).then().statusCode(200);
    }

    /** Sends these spans as JSON. Each is an object without ids and braces; the ids are 1, 2, ... */
    private ValidatableResponse spans(String... fields) {
        return json("/v1/traces", """
                {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"%s"}}]},
                "scopeSpans":[{"spans":[%s]}]}]}""".formatted(service,
                String.join(",", IntStream.range(0, fields.length).mapToObj(i -> """
                        {"traceId":"%s","spanId":"%016x",%s}""".formatted(trace, i + 1, fields[i])).toList())));
    }

    private ValidatableResponse logs(String... records) {
        return json("/v1/logs", """
                {"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"%s"}}]},
                "scopeLogs":[{"logRecords":[%s]}]}]}""".formatted(service, String.join(",", records)));
    }

    private Span.Builder span(long id, String name) {
        return Span.newBuilder().setTraceId(idBytes(trace)).setSpanId(idBytes(id)).setName(name).setKindValue(2)
                .setStartTimeUnixNano(NOW).setEndTimeUnixNano(NOW + MILLISECOND);
    }

    private ExportTraceServiceResponse protobuf(Span.Builder... spans) throws IOException {
        return protobuf(TestSpans.request(service, spans).toByteArray());
    }

    private ExportTraceServiceResponse protobuf(byte[] request) throws IOException {
        return ExportTraceServiceResponse.parseFrom(given().port(otlp.port()).contentType("application/x-protobuf").body(request).when()
                .post("/v1/traces").then().statusCode(200).extract().asByteArray());
    }

    private ExportLogsServiceResponse protobufLogs(byte[] request) throws IOException {
        return ExportLogsServiceResponse.parseFrom(given().port(otlp.port()).contentType("application/x-protobuf").body(request).when()
                .post("/v1/logs").then().statusCode(200).extract().asByteArray());
    }

    private ValidatableResponse theTrace() {
        return given().when().get("/api/traces/" + trace).then().statusCode(200);
    }

    private ValidatableResponse theLogs() {
        return given().when().get("/api/logs?service=" + service).then().statusCode(200);
    }

    private static String times(long start, long end) {
        return "\"startTimeUnixNano\":\"%d\",\"endTimeUnixNano\":\"%d\"".formatted(start, end);
    }

    private static String good(String name) {
        return "\"name\":\"%s\",\"kind\":2,%s".formatted(name, times(NOW, NOW + MILLISECOND));
    }

    private static String attribute(String key, String value) {
        return "{\"key\":\"%s\",\"value\":%s}".formatted(key, value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"intValue\":1e21}", "{\"intValue\":9223372036854775808}", "{\"intValue\":\"9223372036854775808\"}",
            "{\"intValue\":\"many\"}", "{\"intValue\":[1]}", "{\"intValue\":1.5}", "{\"doubleValue\":\"half\"}", "{\"doubleValue\":{}}",
            "{\"boolValue\":\"yes\"}", "{\"stringValue\":{\"a\":1}}", "{\"bytesValue\":7}", "{\"arrayValue\":[1]}",
            "{\"kvlistValue\":\"a\"}", "7", "\"text\"", "[]", "{\"intValue\":1e999999999}"})
    void shouldDropAnUnreadableAttributeAndKeepTheRest(String value) {
        spans(good("bad") + ",\"attributes\":[%s,%s]".formatted(attribute("bad", value), attribute("fine", "{\"intValue\":\"1\"}")),
                good("innocent")).body("partialSuccess.rejectedSpans", equalTo("0"))
                .body("partialSuccess.errorMessage", containsString("left out"));
        theTrace().body("spans.name", containsInAnyOrder("bad", "innocent"))
                .body("spans.find { it.name == 'bad' }.attributes.keySet()", contains("fine"))
                .body("spans.find { it.name == 'bad' }.altered.values_left_out", equalTo(1))
                .body("spans.find { it.name == 'innocent' }.altered", nullValue());
        logs("{\"body\":{\"stringValue\":\"bad\"},\"attributes\":[%s,%s]}".formatted(attribute("bad", value),
                attribute("fine", "{\"boolValue\":true}")), "{\"body\":{\"stringValue\":\"innocent\"}}")
                .body("partialSuccess.rejectedLogRecords", equalTo("0")).body("partialSuccess.errorMessage", containsString("left out"));
        theLogs().body("logs.message", containsInAnyOrder("bad", "innocent"))
                .body("logs.find { it.message == 'bad' }.attributes.keySet()", contains("fine"))
                .body("logs.find { it.message == 'bad' }.altered.values_left_out", equalTo(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"kind\":\"SPAN_KIND_SERVER\"", "\"kind\":1e21", "\"kind\":99999999999", "\"kind\":[]", "\"name\":{}",
            "\"attributes\":5", "\"attributes\":[7]", "\"events\":{}", "\"events\":[7]", "\"links\":\"none\"", "\"links\":[[]]",
            "\"status\":7", "\"status\":{\"code\":\"STATUS_CODE_ERROR\"}", "\"status\":{\"message\":[]}",
            "\"events\":[{\"timeUnixNano\":1e30}]", "\"events\":[{\"name\":7}]", "\"links\":[{\"traceId\":5}]",
            "\"startTimeUnixNano\":\"soon\"", "\"endTimeUnixNano\":{}", "\"startTimeUnixNano\":1e21", "\"endTimeUnixNano\":-1"})
    void shouldDropAnUnreadableFieldOfASpanAndKeepTheRest(String field) {
        spans(good("bad") + "," + field, good("innocent")).body("partialSuccess.rejectedSpans", equalTo("0"))
                .body("partialSuccess.errorMessage", notNullValue());
        theTrace().body("spans.size()", equalTo(2)).body("spans.find { it.name != 'innocent' }.altered", notNullValue());
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"severityNumber\":\"SEVERITY_NUMBER_INFO\"", "\"severityNumber\":1e21", "\"severityText\":7",
            "\"timeUnixNano\":\"soon\"", "\"observedTimeUnixNano\":[]", "\"attributes\":\"none\"", "\"body\":5",
            "\"body\":{\"intValue\":1e21}", "\"eventName\":{}"})
    void shouldDropAnUnreadableFieldOfALogRecordAndKeepTheRest(String field) {
        logs("{" + field + ",\"traceId\":\"" + trace + "\"}", "{\"body\":{\"stringValue\":\"innocent\"}}")
                .body("partialSuccess.rejectedLogRecords", equalTo("0")).body("partialSuccess.errorMessage", notNullValue());
        theLogs().body("logs.size()", equalTo(2)).body("logs.find { it.message != 'innocent' }.altered", notNullValue());
    }

    @ParameterizedTest
    @ValueSource(strings = {"7", "\"span\"", "[{}]", "{\"traceId\":7,\"spanId\":\"0000000000000009\"}",
            "{\"traceId\":\"0000000000000000000000000000abcd\",\"spanId\":\"09\"}", "{}", "[[[[[[[[1]]]]]]]]"})
    void shouldRejectAnInvalidSpanAndKeepTheRest(String what) {
        json("/v1/traces", """
                {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"%s"}}]},
                "scopeSpans":[{"spans":[%s,{"traceId":"%s","spanId":"0000000000000001",%s}]}]}]}"""
                .formatted(service, what, trace, good("innocent")))
                .body("partialSuccess.rejectedSpans", equalTo("1"));
        theTrace().body("spans.name", contains("innocent"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"scopeSpans\":5", "\"scopeSpans\":[7]", "\"scopeSpans\":[{\"spans\":{}}]", "\"resource\":7",
            "\"resource\":{\"attributes\":9}", "\"scopeSpans\":[{\"scope\":[]}]", "\"scopeSpans\":[{\"scope\":{\"name\":{}}}]"})
    void shouldSkipAnUnreadableGroupAndKeepTheOthers(String group) {
        json("/v1/traces", """
                {"resourceSpans":[{%s},{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"%s"}}]},
                "scopeSpans":[{"spans":[{"traceId":"%s","spanId":"0000000000000001",%s}]}]}]}"""
                .formatted(group, service, trace, good("innocent"))).body("partialSuccess.errorMessage", containsString("left out"));
        theTrace().body("spans.name", contains("innocent"));
    }

    @Test
    void shouldNotLoseABatchToAValueThatNestsVeryDeeply() {
        // 1200 levels, which is more than Jackson reads by default. REST Assured indents them for its log, and the memory for that
        // grows quadratically.
        spans(good("bad") + ",\"attributes\":[" + attribute("deep", "{\"arrayValue\":{\"values\":[".repeat(400) + "]}}".repeat(400))
                + "]", good("innocent")).body("partialSuccess.errorMessage", containsString("left out"));
        theTrace().body("spans.size()", equalTo(2));
    }

    @Test
    void shouldReadTheJsonNumbersOfOtherWriters() {
        spans(good("x") + ",\"attributes\":[%s,%s,%s]".formatted(attribute("int", "{\"intValue\":1e3}"),
                attribute("nan", "{\"doubleValue\":NaN}"), attribute("infinite", "{\"doubleValue\":\"-Infinity\"}")))
                .body("partialSuccess", nullValue());
        theTrace().body("spans[0].attributes.int", equalTo(1000)).body("spans[0].attributes.nan", equalTo("NaN"))
                .body("spans[0].attributes.infinite", equalTo("-Infinity"));
    }

    /** Returns a protobuf request whose spans or log records are these bytes. */
    private byte[] groupOf(int groupField, int recordField, byte[]... records) throws IOException {
        return field(1, concat(field(1, Resource.newBuilder().addAttributes(keyValue("service.name", service)).build().toByteArray()),
                field(groupField, concat(Arrays.stream(records).map(record -> field(recordField, record)).toArray(byte[][]::new)))));
    }

    private static byte[] field(int number, byte[] content) {
        try {
            var bytes = new ByteArrayOutputStream();
            var out = CodedOutputStream.newInstance(bytes);
            out.writeByteArray(number, content);
            out.flush();
            return bytes.toByteArray();
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static byte[] concat(byte[]... parts) throws IOException {
        var bytes = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            bytes.write(part);
        }
        return bytes.toByteArray();
    }

    @Test
    void shouldRejectAMalformedProtobufMessageAndKeepTheOthers() throws IOException {
        byte[] tagOfNothing = {0};
        byte[] endlessString = {Span.NAME_FIELD_NUMBER << 3 | 2, 127, 'x'};
        byte[] endlessAttribute = {Span.ATTRIBUTES_FIELD_NUMBER << 3 | 2, 3, KeyValue.KEY_FIELD_NUMBER << 3 | 2, 9, 'k'};
        byte[] endOfNoGroup = {(byte) (Span.KIND_FIELD_NUMBER << 3 | 4)};
        byte[] longVarint = {Span.KIND_FIELD_NUMBER << 3, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1};
        var answer = protobuf(groupOf(ResourceSpans.SCOPE_SPANS_FIELD_NUMBER, ScopeSpans.SPANS_FIELD_NUMBER, tagOfNothing,
                span(1, "first").build().toByteArray(), endlessString, endlessAttribute, endOfNoGroup, longVarint,
                span(2, "last").build().toByteArray()));
        assertThat(answer.getPartialSuccess().getRejectedSpans()).isEqualTo(5);
        assertThat(answer.getPartialSuccess().getErrorMessage()).contains("malformed");
        theTrace().body("spans.name", containsInAnyOrder("first", "last")).body("spans[0].service", equalTo(service));

        byte[] endlessBody = {LogRecord.BODY_FIELD_NUMBER << 3 | 2, 120, 1};
        var logs = protobufLogs(groupOf(ResourceLogs.SCOPE_LOGS_FIELD_NUMBER, ScopeLogs.LOG_RECORDS_FIELD_NUMBER, endlessBody,
                LogRecord.newBuilder().setBody(AnyValue.newBuilder().setStringValue("fine")).build().toByteArray()));
        assertThat(logs.getPartialSuccess().getRejectedLogRecords()).isEqualTo(1);
        theLogs().body("logs.message", contains("fine"));
    }

    @Test
    void shouldReplaceInvalidTimesOfSpansByTheArrival() throws IOException {
        long minute = Duration.ofMinutes(1).toNanos();
        spans("\"name\":\"no start\",\"endTimeUnixNano\":\"" + NOW + "\"", "\"name\":\"no end\",\"startTimeUnixNano\":" + NOW,
                "\"name\":\"1970\"," + times(5, 7), "\"name\":\"2100\"," + times(4102444800000000000L, 4102444800100000000L),
                "\"name\":\"backwards\"," + times(NOW, NOW - minute), "\"name\":\"none\"",
                "\"name\":\"unsigned\",\"startTimeUnixNano\":\"18446744073709551615\",\"endTimeUnixNano\":\"18446744073709551615\"",
                "\"name\":\"years\"," + times(NOW - Duration.ofDays(900).toNanos(), NOW),
                good("fine")).body("partialSuccess.rejectedSpans", equalTo("0"))
                .body("partialSuccess.errorMessage", containsString("time"));
        protobuf(span(20, "no start").clearStartTimeUnixNano(), span(21, "2100").setStartTimeUnixNano(4102444800000000000L)
                .setEndTimeUnixNano(4102444800100000000L));

        var found = theTrace().extract().jsonPath();
        assertThat(found.getList("spans.name")).hasSize(11);
        for (String start : found.<String>getList("spans.start")) {
            assertThat(Instant.parse(start)).isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(1));
        }
        var replaced = found.<String>getList("spans.findAll { it.name != 'fine' }.altered.time_replaced");
        assertThat(replaced).hasSize(10).doesNotContainNull();
        assertThat(found.getString("spans.find { it.name == 'fine' }.altered")).isNull();
        assertThat(found.getString("spans.find { it.name == 'no start' }.altered.time_replaced")).isEqualTo("START");
        assertThat(found.getString("spans.find { it.name == 'no end' }.altered.time_replaced")).isEqualTo("END");
        assertThat(found.getString("spans.find { it.name == '1970' }.altered.time_replaced")).isEqualTo("BOTH");
        assertThat(found.getInt("spans.find { it.name == '2100' }.duration_us")).as("how long it took is kept").isEqualTo(100_000);
        given().when().get("/api/services").then().body("find { it.name == '%s' }.p95_ms".formatted(service), lessThan(1000f));
    }

    @Test
    void shouldReplaceTheInvalidTimeOfALogRecordByTheArrival() {
        logs("{\"body\":{\"stringValue\":\"2100\"},\"timeUnixNano\":\"4102444800000000000\"}",
                "{\"body\":{\"stringValue\":\"1970\"},\"timeUnixNano\":7,\"observedTimeUnixNano\":\"" + NOW + "\"}",
                "{\"body\":{\"stringValue\":\"none\"}}",
                "{\"body\":{\"stringValue\":\"observed\"},\"observedTimeUnixNano\":\"" + NOW + "\"}")
                .body("partialSuccess.rejectedLogRecords", equalTo("0")).body("partialSuccess.errorMessage", containsString("time"));

        var found = theLogs().extract().jsonPath();
        for (String time : found.<String>getList("logs.time")) {
            assertThat(Instant.parse(time)).isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(1));
        }
        assertThat(found.getList("logs.findAll { it.altered != null }.message")).containsExactlyInAnyOrder("2100", "1970", "none");
    }

    @Test
    void shouldNotDateAnEventWithoutATime() {
        spans(good("x") + ",\"events\":[{\"name\":\"e\"},{\"name\":\"f\",\"timeUnixNano\":\"" + NOW + "\"}]");
        theTrace().body("spans[0].events[0].time", nullValue()).body("spans[0].events[1].time", notNullValue());
    }

    @Test
    void shouldFindEachAttributeByTheTextThatItIsShownAs() throws IOException {
        var list = ArrayValue.newBuilder().addValues(AnyValue.newBuilder().setStringValue("a\"b"))
                .addValues(AnyValue.newBuilder().setIntValue(9007199254740993L)).addValues(AnyValue.getDefaultInstance())
                .addValues(AnyValue.newBuilder().setDoubleValue(0.0001)).addValues(AnyValue.newBuilder().setDoubleValue(Double.NaN));
        var map = KeyValueList.newBuilder().addValues(number("a", AnyValue.newBuilder().setIntValue(1)))
                .addValues(number("b", AnyValue.newBuilder().setBoolValue(false)));
        protobuf(span(1, "attributes").addAttributes(number("three", AnyValue.newBuilder().setDoubleValue(3)))
                .addAttributes(number("large", AnyValue.newBuilder().setDoubleValue(12345678.9)))
                .addAttributes(number("small", AnyValue.newBuilder().setDoubleValue(0.0001)))
                .addAttributes(number("huge", AnyValue.newBuilder().setDoubleValue(1e300)))
                .addAttributes(number("nan", AnyValue.newBuilder().setDoubleValue(Double.NaN)))
                .addAttributes(number("int53", AnyValue.newBuilder().setIntValue(9007199254740993L)))
                .addAttributes(number("max", AnyValue.newBuilder().setIntValue(Long.MAX_VALUE)))
                .addAttributes(number("list", AnyValue.newBuilder().setArrayValue(list)))
                .addAttributes(number("map", AnyValue.newBuilder().setKvlistValue(map)))
                .addAttributes(number("bytes", AnyValue.newBuilder().setBytesValue(ByteString.copyFromUtf8("hello"))))
                .addAttributes(number("bool", AnyValue.newBuilder().setBoolValue(true)))
                .addAttributes(keyValue("a=b", "eq key")).addAttributes(keyValue("val", "x=y=z")).addAttributes(keyValue("c=d=e", "="))
                .addAttributes(keyValue("blank", " lead and trail ")).addAttributes(keyValue("none", ""))
                .addAttributes(keyValue("multi", "l1\nl2")));

        JsonNode shown = new ObjectMapper().readTree(theTrace().extract().asByteArray()).get("spans").get(0);
        var texts = shown.get("attribute_texts");
        assertThat(texts).isNotNull();
        assertThat(texts.get("three").asText()).isEqualTo("3.0");
        assertThat(texts.get("large").asText()).isEqualTo("12345678.9");
        assertThat(texts.get("small").asText()).isEqualTo("0.0001");
        assertThat(texts.get("huge").asText()).isEqualTo("1.0E300");
        assertThat(texts.get("int53").asText()).isEqualTo("9007199254740993");
        assertThat(texts.get("list").asText()).isEqualTo("[\"a\\\"b\",9007199254740993,null,0.0001,\"NaN\"]");
        assertThat(texts.get("map").asText()).isEqualTo("{\"a\":1,\"b\":false}");
        shown.get("attributes").properties().forEach(attribute -> {
            String text = texts.has(attribute.getKey()) ? texts.get(attribute.getKey()).asText() : attribute.getValue().asText();
            given().queryParam("attribute", attribute.getKey() + "=" + text).when().get("/api/traces").then().statusCode(200)
                    .body("traces.trace_id", hasItem(trace.toString()));
        });
        given().queryParam("attribute", "a=c=eq key").when().get("/api/traces").then().body("traces.size()", equalTo(0));
    }

    private static KeyValue number(String key, AnyValue.Builder value) {
        return KeyValue.newBuilder().setKey(key).setValue(value).build();
    }

    @Test
    void shouldKeepAValueThatIsEmptyInItsPlace() throws IOException {
        spans(good("json") + ",\"attributes\":[%s,%s]".formatted(
                attribute("list", "{\"arrayValue\":{\"values\":[{\"stringValue\":\"a\"},{},{\"stringValue\":\"z\"}]}}"),
                attribute("empty", "{}")));
        protobuf(span(2, "protobuf").addAttributes(number("list", AnyValue.newBuilder().setArrayValue(ArrayValue.newBuilder()
                .addValues(AnyValue.newBuilder().setStringValue("a")).addValues(AnyValue.getDefaultInstance())
                .addValues(AnyValue.newBuilder().setStringValue("z")))))
                .addAttributes(number("empty", AnyValue.newBuilder())));

        theTrace().body("spans.size()", equalTo(2))
                .body("spans.attributes.list", contains(Arrays.asList("a", null, "z"), Arrays.asList("a", null, "z")))
                .body("spans.findAll { it.attributes.containsKey('empty') && it.attributes.empty == null }.size()", equalTo(2));
    }

    @Test
    void shouldKeepTheBeginningAndTheEndOfALongText() throws IOException {
        String stack = "java.lang.IllegalStateException: outer\n" + "\tat some.where(Java.java:1)\n".repeat(20_000)
                + "Caused by: java.net.ConnectException: the root cause";
        protobufLogs(ExportLogsServiceRequest.newBuilder().addResourceLogs(ResourceLogs.newBuilder()
                .setResource(Resource.newBuilder().addAttributes(keyValue("service.name", service)))
                .addScopeLogs(ScopeLogs.newBuilder().addLogRecords(LogRecord.newBuilder()
                        .setBody(AnyValue.newBuilder().setStringValue(stack)).addAttributes(keyValue("exception.stacktrace", stack)))))
                .build().toByteArray());
        String escaped = stack.replace("\n", "\\n").replace("\t", "\\t");
        logs("{\"body\":{\"stringValue\":\"%s\"},\"attributes\":[%s]}".formatted(escaped,
                attribute("exception.stacktrace", "{\"stringValue\":\"" + escaped + "\"}")))
                .body("partialSuccess.errorMessage", containsString("characters"));

        var found = given().queryParam("text", "THE ROOT CAUSE").when().get("/api/logs?service=" + service).then().statusCode(200).extract()
                .jsonPath();
        assertThat(found.getList("logs")).hasSize(2);
        assertThat(found.getString("logs[0].message")).isEqualTo(found.getString("logs[1].message"))
                .startsWith("java.lang.IllegalStateException: outer").endsWith("the root cause")
                .containsPattern(" \\.\\.\\. [0-9]+ characters left out \\.\\.\\. ").hasSizeLessThanOrEqualTo(8192);
        assertThat(found.getString("logs[0].attributes.'exception.stacktrace'")).endsWith("the root cause");
        int missing = found.getInt("logs[0].altered.characters_left_out");
        assertThat(missing).isEqualTo(found.getInt("logs[1].altered.characters_left_out")).isBetween(2 * (stack.length() - 8192),
                2 * (stack.length() - 8000));
    }

    @Test
    void shouldNameTheServiceEvenIfItsResourceComesLast() throws IOException {
        var resource = Resource.newBuilder();
        for (int i = 0; i < 40; i++) {
            resource.addAttributes(keyValue("k8s.annotation." + i, "v".repeat(1000)));
        }
        resource.addAttributes(keyValue("service.name", service)).addAttributes(keyValue("service.version", "1.2"))
                .addAttributes(keyValue("service.instance.id", "i" + "7".repeat(2000)))
                .addAttributes(keyValue("service.namespace", "shop"));
        var answer = protobuf(ExportTraceServiceRequest.newBuilder().addResourceSpans(ResourceSpans.newBuilder().setResource(resource)
                .addScopeSpans(ScopeSpans.newBuilder().addSpans(span(1, "x")))).build().toByteArray());
        assertThat(answer.getPartialSuccess().getErrorMessage()).contains("resource");
        json("/v1/traces", """
                {"resourceSpans":[{"resource":{"attributes":[%s{"value":{"stringValue":"%s"},"key":"service.name"}]},
                "scopeSpans":[{"spans":[{"traceId":"%s","spanId":"0000000000000002",%s}]}]}]}"""
                .formatted(("{\"key\":\"k8s.annotation\",\"value\":{\"stringValue\":\"" + "v".repeat(1000) + "\"}},").repeat(40), service,
                        trace, good("y")))
                .body("partialSuccess.errorMessage", containsString("resource"));

        theTrace().body("spans.service", contains(service, service)).body("spans[0].resource.'service.version'", equalTo("1.2"))
                .body("spans[0].resource.'service.namespace'", equalTo("shop"))
                .body("spans[0].resource_values_left_out", org.hamcrest.Matchers.greaterThan(30));
    }

    @Test
    void shouldKeepTheEventNameOfALogRecord() throws IOException {
        logs("{\"eventName\":\"browser.page_view\",\"timeUnixNano\":\"" + NOW + "\"}");
        protobufLogs(
                TestSpans.logsRequest(service, LogRecord.newBuilder().setTimeUnixNano(NOW).setEventName("browser.click")).toByteArray());

        theLogs().body("logs.event_name", contains("browser.click", "browser.page_view"));
        given().when().get("/api/logs?text=page_view&service=" + service).then().body("logs.size()", equalTo(1));
    }

    @Test
    void shouldKeepTheRootAndTheFailedSpansOfATraceThatIsTooLarge() throws IOException {
        for (int request = 0; request < 12; request++) {
            int first = request * 512;
            protobuf(IntStream.range(0, 512).mapToObj(i -> span(first + i + 2, "step").setParentSpanId(idBytes(1)))
                    .toArray(Span.Builder[]::new));
        }
        var failed = span(9000, "failed step").setParentSpanId(idBytes(1));
        failed.getStatusBuilder().setCodeValue(2);
        var root = span(1, "POST /batch-import");
        root.getStatusBuilder().setCodeValue(2).setMessage("import failed");
        var answer = protobuf(failed, span(9001, "one more").setParentSpanId(idBytes(1)), root);

        assertThat(answer.getPartialSuccess().getRejectedSpans()).isEqualTo(1);
        assertThat(answer.getPartialSuccess().getErrorMessage()).contains("left out");
        theTrace().body("spans.size()", equalTo(5000)).body("spans.name", hasItem("POST /batch-import")).body("spans.name",
                hasItem("failed step"))
                .body("spans_left_out", equalTo(12 * 512 + 3 - 5000)).body("origin", notNullValue());
        given().when().get("/api/traces?error=true&service=" + service).then().body("traces.root_operation",
                equalTo(List.of("POST /batch-import"))).body("traces.spans_left_out", equalTo(List.of(12 * 512 + 3 - 5000)));
    }
}
