package org.debugshop.console.otlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.debugshop.console.TestSpans.idBytes;
import static org.debugshop.console.TestSpans.keyValue;
import static org.debugshop.console.TestSpans.nanos;
import static org.debugshop.console.TestSpans.request;
import static org.debugshop.console.TestSpans.server;
import static org.debugshop.console.TestSpans.traceId;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.common.v1.KeyValueList;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogram;
import io.opentelemetry.proto.metrics.v1.Gauge;
import io.opentelemetry.proto.metrics.v1.Histogram;
import io.opentelemetry.proto.metrics.v1.Sum;
import io.opentelemetry.proto.metrics.v1.Summary;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.debugshop.console.store.LogRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DecoderTest {

    private static final Arrival ARRIVAL = new Arrival(nanos(1000));

    private final Interner.Pools pools = new Interner.Pools();
    private final List<org.debugshop.console.store.Span> spans = new ArrayList<>();
    private final List<LogRecord> logs = new ArrayList<>();
    private int handOvers;

    private Batch.Outcome protobuf(byte[] body) throws IOException {
        var report = new Report();
        return decode(new ProtobufDecoder(interner(report)), body, report);
    }

    private Batch.Outcome json(String body) throws IOException {
        var report = new Report();
        return decode(new JsonDecoder(interner(report)), body.getBytes(StandardCharsets.UTF_8), report);
    }

    private Interner interner(Report report) {
        return new Interner(pools, report, ARRIVAL);
    }

    private Batch.Outcome decode(Decoder decoder, byte[] body, Report report) throws IOException {
        var batch = new Batch<org.debugshop.console.store.Span>(report, slice -> {
            handOvers++;
            spans.addAll(slice);
        });
        decoder.spans(new ByteArrayInputStream(body), batch);
        return batch.finish();
    }

    private Batch.Outcome logsJson(String body) throws IOException {
        var report = new Report();
        var batch = new Batch<LogRecord>(report, logs::addAll);
        new JsonDecoder(interner(report)).logs(new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)), batch);
        return batch.finish();
    }

    private static AnyValue text(String text) {
        return AnyValue.newBuilder().setStringValue(text).build();
    }

    private static Span.Builder spanWithEverything() {
        var span = server("gateway", "GET /products").trace(3).id(0x0102).parent(0xff).at(5).lasting(7).error().attribute("http.route",
                "/products").sent()
                .addAttributes(KeyValue.newBuilder().setKey("code").setValue(AnyValue.newBuilder().setIntValue(404)))
                .addAttributes(KeyValue.newBuilder().setKey("large").setValue(AnyValue.newBuilder().setIntValue(Long.MIN_VALUE)))
                .addAttributes(KeyValue.newBuilder().setKey("share").setValue(AnyValue.newBuilder().setDoubleValue(0.5)))
                .addAttributes(KeyValue.newBuilder().setKey("cached").setValue(AnyValue.newBuilder().setBoolValue(true)))
                .addAttributes(KeyValue.newBuilder().setKey("raw").setValue(AnyValue.newBuilder()
                        .setBytesValue(ByteString.copyFrom(new byte[]{1, 2, 3}))))
                .addAttributes(KeyValue.newBuilder().setKey("ids").setValue(AnyValue.newBuilder().setArrayValue(ArrayValue.newBuilder()
                        .addValues(text("1")).addValues(AnyValue.newBuilder().setIntValue(2)))))
                .addAttributes(KeyValue.newBuilder().setKey("map").setValue(AnyValue.newBuilder().setKvlistValue(KeyValueList.newBuilder()
                        .addValues(keyValue("k", "v")))))
                .addEvents(Span.Event.newBuilder().setName("exception").setTimeUnixNano(nanos(6)).addAttributes(keyValue("exception.type",
                        "X")))
                .addLinks(Span.Link.newBuilder().setTraceId(idBytes(traceId(9))).setSpanId(idBytes(8)).addAttributes(keyValue("why",
                        "retry")));
        span.getStatusBuilder().setMessage("no token");
        return span;
    }

    private static final String JSON_WITH_EVERYTHING = """
            {"resourceSpans": [{
              "scopeSpans": [{
                "spans": [{
                  "traceId": "000000000000FEED0000000000000003", "spanId": "0000000000000102", "parentSpanId": "00000000000000ff",
                  "name": "GET /products", "kind": 2, "startTimeUnixNano": "%d", "endTimeUnixNano": %d,
                  "status": {"code": 2, "message": "no token"},
                  "attributes": [
                    {"key": "http.route", "value": {"stringValue": "/products"}},
                    {"value": {"intValue": "404"}, "key": "code"},
                    {"key": "large", "value": {"intValue": -9223372036854775808}},
                    {"key": "share", "value": {"doubleValue": 0.5}},
                    {"key": "cached", "value": {"boolValue": true}},
                    {"key": "raw", "value": {"bytesValue": "AQID"}},
                    {"key": "ids", "value": {"arrayValue": {"values": [{"stringValue": "1"}, {"intValue": 2}]}}},
                    {"key": "map", "value": {"kvlistValue": {"values": [{"key": "k", "value": {"stringValue": "v"}}]}}}],
                  "events": [{"name": "exception", "timeUnixNano": "%d",
                              "attributes": [{"key": "exception.type", "value": {"stringValue": "X"}}]}],
                  "links": [{"traceId": "000000000000feed0000000000000009", "spanId": "0000000000000008",
                             "attributes": [{"key": "why", "value": {"stringValue": "retry"}}]}],
                  "inventedLater": {"deep": [{"er": null}]}, "flags": 257
                }], "scope": {"name": "test"}}],
              "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "gateway"}}]}
            }], "inventedLater": [1, {"a": "b"}]}""".formatted(nanos(5), nanos(12), nanos(6));

    @Test
    void shouldReadTheSameFromProtobufAndJson() throws IOException {
        protobuf(request("gateway", spanWithEverything()).toByteArray());
        json(JSON_WITH_EVERYTHING);

        assertThat(spans).hasSize(2);
        assertThat(spans.get(1)).usingRecursiveComparison().ignoringFields("bytes").isEqualTo(spans.get(0));
        var span = spans.getFirst();
        assertThat(span.traceId()).isEqualTo(traceId(3));
        assertThat(span.service()).isEqualTo("gateway");
        assertThat(span.scope()).isEqualTo("test");
        assertThat(span.durationNanos()).isEqualTo(7_000_000);
        assertThat(span.statusMessage()).isEqualTo("no token");
        assertThat(span.attributes().toMap()).isEqualTo(Map.of("http.route", "/products", "code", 404L, "large", Long.MIN_VALUE, "share",
                0.5,
                "cached", true, "raw", "AQID", "ids", List.of("1", 2L), "map", Map.of("k", "v")));
        assertThat(span.events()).singleElement().satisfies(event -> assertThat(event.attributes().get("exception.type")).isEqualTo("X"));
        assertThat(span.links()).singleElement().satisfies(link -> assertThat(link.traceId()).isEqualTo(traceId(9)));
    }

    @Test
    void shouldReadProtobufFieldsInAnyOrderAndSkipUnknownOnes() throws IOException {
        var resourceSpans = request("gateway", server("gateway", "/").sent()).getResourceSpans(0);
        var scopeSpans = resourceSpans.getScopeSpans(0);
        var body = new ByteArrayOutputStream();
        // Concatenated messages are merged: this puts the spans before their scope, and the scopes before their resource.
        var group = new ByteArrayOutputStream();
        var scope = new ByteArrayOutputStream();
        ScopeSpans.newBuilder().addAllSpans(scopeSpans.getSpansList()).build().writeTo(scope);
        ScopeSpans.newBuilder().setScope(scopeSpans.getScope()).build().writeTo(scope);
        UnknownFieldSet.newBuilder()
                .addField(ResourceSpans.SCOPE_SPANS_FIELD_NUMBER, lengthDelimited(scope.toByteArray()))
                .addField(99, UnknownFieldSet.Field.newBuilder().addVarint(7).addFixed32(1).build()).build().writeTo(group);
        ResourceSpans.newBuilder().setResource(resourceSpans.getResource()).build().writeTo(group);
        UnknownFieldSet.newBuilder().addField(ExportTraceServiceRequest.RESOURCE_SPANS_FIELD_NUMBER, lengthDelimited(group.toByteArray()))
                .build().writeTo(body);
        protobuf(body.toByteArray());

        assertThat(spans).singleElement().satisfies(span -> {
            assertThat(span.service()).isEqualTo("gateway");
            assertThat(span.scope()).isEqualTo("test");
        });
    }

    private static UnknownFieldSet.Field lengthDelimited(byte[] bytes) {
        return UnknownFieldSet.Field.newBuilder().addLengthDelimited(ByteString.copyFrom(bytes)).build();
    }

    @Test
    void shouldRelyOnLogsHavingTheFieldNumbersOfSpans() {
        assertThat(List.of(ResourceLogs.RESOURCE_FIELD_NUMBER, ResourceLogs.SCOPE_LOGS_FIELD_NUMBER, ScopeLogs.SCOPE_FIELD_NUMBER,
                ScopeLogs.LOG_RECORDS_FIELD_NUMBER))
                .isEqualTo(List.of(ResourceSpans.RESOURCE_FIELD_NUMBER, ResourceSpans.SCOPE_SPANS_FIELD_NUMBER,
                        ScopeSpans.SCOPE_FIELD_NUMBER, ScopeSpans.SPANS_FIELD_NUMBER));
    }

    @Test
    void shouldRelyOnAllKindsOfMetricsHavingTheFieldNumbersOfSums() {
        assertThat(List.of(Gauge.DATA_POINTS_FIELD_NUMBER, Histogram.DATA_POINTS_FIELD_NUMBER,
                ExponentialHistogram.DATA_POINTS_FIELD_NUMBER, Summary.DATA_POINTS_FIELD_NUMBER))
                .containsOnly(Sum.DATA_POINTS_FIELD_NUMBER);
        assertThat(List.of(Histogram.AGGREGATION_TEMPORALITY_FIELD_NUMBER, ExponentialHistogram.AGGREGATION_TEMPORALITY_FIELD_NUMBER))
                .containsOnly(Sum.AGGREGATION_TEMPORALITY_FIELD_NUMBER);
    }

    @Test
    void shouldRejectSpansWithoutValidIdsAndKeepTheRest() throws IOException {
        var zeros = server("a", "zeros").sent().setTraceId(ByteString.copyFrom(new byte[16]));
        var shortTrace = server("a", "short").sent().setTraceId(ByteString.copyFrom(new byte[]{1, 2}));
        var noSpanId = server("a", "none").sent().clearSpanId();
        var longParent = server("a", "parent").sent().setParentSpanId(ByteString.copyFrom(new byte[9]));
        var outcome = protobuf(request("a", zeros, shortTrace, server("a", "good").sent(), noSpanId, longParent).toByteArray());

        assertThat(outcome).isEqualTo(new Batch.Outcome(1, 4, "a trace id must be 16 bytes and not all zero (2 times); "
                + "a span id must be 8 bytes and not all zero; a parent span id must be empty or 8 bytes"));
        assertThat(spans).extracting(org.debugshop.console.store.Span::name).containsExactly("good");
    }

    @Test
    void shouldRejectBase64IdsInJson() throws IOException {
        var outcome = json("""
                {"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"W47/95gDgQPSabYzgT/GDA==","spanId":"7uGbfsPBsXQ="}]}]}]}""");

        assertThat(outcome.rejected()).isEqualTo(1);
        assertThat(spans).isEmpty();
    }

    @Test
    void shouldNeverMakeADurationNegative() throws IOException {
        protobuf(request("a", server("a", "x").sent().setStartTimeUnixNano(nanos(10)).setEndTimeUnixNano(nanos(5))).toByteArray());

        assertThat(spans.getFirst().durationNanos()).isZero();
    }

    @Test
    void shouldStoreNothingIfTheBodyIsTruncated() {
        byte[] body = request("a", server("a", "x").sent(), server("a", "y").id(2).sent()).toByteArray();
        for (int length = 1; length < body.length; length++) {
            byte[] truncated = Arrays.copyOf(body, length);
            assertThatThrownBy(() -> protobuf(truncated)).as("the first %d bytes", length).isInstanceOf(IOException.class);
        }
        assertThat(spans).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "null", "{", "{\"resourceSpans\":5}", "{} {}",
            "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"kind\":tru}]}]}]}"})
    void shouldRefuseInvalidOtlpJson(String body) {
        assertThatThrownBy(() -> json(body)).isInstanceOf(IOException.class);
    }

    @Test
    void shouldReadJsonNullsAsAbsent() throws IOException {
        json("""
                {"resourceSpans":[{"resource":null,"scopeSpans":[{"scope":null,"spans":[{"traceId":"000000000000feed0000000000000003",
                "spanId":"0000000000000102","parentSpanId":null,"name":null,"kind":null,"attributes":null,"events":null,"status":null}]}]}]}""");

        assertThat(spans).singleElement().satisfies(span -> assertThat(span.service()).isEqualTo("unknown_service"));
    }

    @Test
    void shouldReplaceUnpairedSurrogates() throws IOException {
        json("""
                {"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"000000000000feed0000000000000003","spanId":"0000000000000102",
                "name":"a\\ud800b \\ud83d\\ude00 \\udc00"}]}]}]}""");
        byte[] body = request("a", server("a", "x##y").sent()).toByteArray();
        for (int i = 0; i < body.length; i++) {
            body[i] = body[i] == '#' ? (byte) 0xff : body[i];
        }
        protobuf(body);

        assertThat(spans).extracting(org.debugshop.console.store.Span::name).containsExactly("a\ufffdb \ud83d\ude00 \ufffd",
                "x\ufffd\ufffdy");
    }

    @Test
    void shouldCutLongStringsAndStopAtTheSizeOfASpan() throws IOException {
        var span = server("a", "x".repeat(100_000)).sent();
        for (int i = 0; i < 50; i++) {
            span.addAttributes(keyValue("key" + i, "😀".repeat(10_000)));
        }
        for (int i = 0; i < 1000; i++) {
            span.addEvents(Span.Event.newBuilder().setName("e"));
        }
        protobuf(request("a", span).toByteArray());

        var kept = spans.getFirst();
        assertThat(kept.name()).hasSizeBetween(Interner.MAX_CHARS - 50, Interner.MAX_CHARS).contains("characters left out").endsWith("xxx");
        assertThat(kept.attributes().text("key0")).hasSizeBetween(Interner.MAX_CHARS - 50, Interner.MAX_CHARS).contains("😀 ... ",
                " ... 😀");
        assertThat(kept.attributes().toMap()).hasSizeLessThan(10);
        assertThat(kept.events()).isEmpty();
        assertThat(kept.bytes()).isLessThan(2 * Interner.MAX_BYTES);
    }

    /** Returns a request whose resource, scope and span have unique names. */
    private static ExportTraceServiceRequest stranger(int i) {
        var group = request("a", server("a", "x").id(i).sent()).getResourceSpans(0).toBuilder();
        group.getResourceBuilder().addAttributes(keyValue("host.name", "host-" + i));
        for (int k = 0; k < 100; k++) {
            group.getResourceBuilder().addAttributes(keyValue("key" + i + "." + k, "v".repeat(5000)));
        }
        group.getScopeSpansBuilder(0).getScopeBuilder().setName(i + "s".repeat(7000));
        return ExportTraceServiceRequest.newBuilder().addResourceSpans(group).build();
    }

    @Test
    void shouldChargeANewResourceAndScopeToTheirFirstSpan() throws IOException {
        protobuf(stranger(1).toByteArray());
        var resource = spans.getFirst().resource();

        assertThat(resource.service()).isEqualTo("a");
        assertThat(resource.attributes().text("host.name")).isEqualTo("host-1");
        int kept = resource.attributes().toMap().values().stream().mapToInt(value -> value.toString().length()).sum();
        assertThat(kept).isBetween(Interner.MAX_RESOURCE_BYTES / 3, Interner.MAX_RESOURCE_BYTES);
        assertThat(spans.getFirst().bytes()).isBetween(kept + 7000, 2 * Interner.MAX_RESOURCE_BYTES + 7000);

        protobuf(stranger(1).toByteArray());
        assertThat(spans.get(1).resource()).isSameAs(resource);
        assertThat(spans.get(1).bytes()).as("the resource is known, the scope too long to be shared").isBetween(7000, 8000);
    }

    @Test
    void shouldChargeThemEvenIfTheyFollowTheirSpans() throws IOException {
        String spanFirst = """
                {"resourceSpans":[{"scopeSpans":[{"spans":[
                  {"traceId":"000000000000feed0000000000000003","spanId":"0000000000000001"},
                  {"traceId":"000000000000feed0000000000000003","spanId":"0000000000000002"}],
                 "scope":{"name":"%s"}}],
                 "resource":{"attributes":[{"key":"service.name","value":{"stringValue":"%s"}}]}}]}""";
        json(spanFirst.formatted("s".repeat(3000), "r".repeat(250)));

        assertThat(spans.getFirst().bytes() - spans.getLast().bytes()).isBetween(3250, 3750);
    }

    @Test
    void shouldCountTwoBytesForEachCharacterOfAStringThatIsNotLatin1() throws IOException {
        protobuf(request("a", server("a", "x").attribute("k", "é".repeat(4000)).sent()).toByteArray());
        protobuf(request("a", server("a", "x").attribute("k", "é".repeat(3999) + "€").sent()).toByteArray());

        assertThat(spans.getFirst().bytes()).isBetween(4000, 5000);
        assertThat(spans.getLast().bytes()).isBetween(8000, 9000);
    }

    @Test
    void shouldCountEmptyArraysAndMaps() throws IOException {
        var arrays = ArrayValue.newBuilder();
        for (int i = 0; i < 10_000; i++) {
            arrays.addValues(AnyValue.newBuilder().setArrayValue(ArrayValue.getDefaultInstance()));
            arrays.addValues(AnyValue.newBuilder().setKvlistValue(KeyValueList.getDefaultInstance()));
        }
        protobuf(request("a", server("a", "x").sent().addAttributes(KeyValue.newBuilder().setKey("nested")
                .setValue(AnyValue.newBuilder().setArrayValue(arrays)))).toByteArray());
        json("""
                {"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"000000000000feed0000000000000003","spanId":"0000000000000001",
                "attributes":[{"key":"nested","value":{"arrayValue":{"values":[%s]}}}]}]}]}]}"""
                .formatted("{\"arrayValue\":{}},{\"kvlistValue\":{}},".repeat(10_000) + "{}"));

        assertThat(spans).hasSize(2).allSatisfy(span -> {
            assertThat((List<?>) span.attributes().get("nested")).hasSizeLessThan(Interner.MAX_BYTES / 50);
            assertThat(span.bytes()).isGreaterThan(Interner.MAX_BYTES - 100);
        });
    }

    @Test
    void shouldNotReadEndlesslyNestedValues() throws IOException {
        AnyValue value = text("deep");
        for (int i = 0; i < 90; i++) {
            value = AnyValue.newBuilder().setArrayValue(ArrayValue.newBuilder().addValues(value)).build();
        }
        protobuf(request("a", server("a", "x").sent().addAttributes(KeyValue.newBuilder().setKey("nested").setValue(value))).toByteArray());

        assertThat(spans.getFirst().attributes().text("nested")).isEqualTo("[".repeat(Decoder.MAX_DEPTH + 1)
                + "]".repeat(Decoder.MAX_DEPTH + 1));
    }

    @Test
    void shouldStoreALargeRequestInSlicesAndASmallOneAtOnce() throws IOException {
        var many = new ArrayList<Span.Builder>();
        for (int i = 1; i <= 10_000; i++) {
            many.add(server("a", "x").id(i).sent());
        }
        protobuf(request("a", many.toArray(Span.Builder[]::new)).toByteArray());

        assertThat(spans).hasSize(10_000);
        assertThat(handOvers).isEqualTo(3);
    }

    @Test
    void shouldShareRepeatedValues() throws IOException {
        protobuf(request("gateway", server("gateway", "/").attribute("a", "v").sent()).toByteArray());
        protobuf(request("gateway", server("gateway", "/").attribute("a", "v").id(2).sent()).toByteArray());

        assertThat(spans.get(1).resource()).isSameAs(spans.get(0).resource());
        assertThat(spans.get(1).name()).isSameAs(spans.get(0).name());
        assertThat(spans.get(1).attributes().get("a")).isSameAs(spans.get(0).attributes().get("a"));
        assertThat(spans.get(1).traceId()).isSameAs(spans.get(0).traceId());
        assertThat(spans.get(1).bytes()).isLessThan(spans.get(0).bytes());
    }

    @Test
    void shouldReadLogsWithAndWithoutATrace() throws IOException {
        logsJson("""
                {"resourceLogs":[{"scopeLogs":[{"logRecords":[
                  {"observedTimeUnixNano":"%d","severityText":"WARN","body":{"stringValue":"lonely"},"eventName":"alone",
                   "traceId":"","spanId":""},
                  {"timeUnixNano":"%d","severityNumber":17,"body":{"kvlistValue":{"values":[{"key":"a","value":{"intValue":1}}]}},
                   "traceId":"000000000000feed0000000000000003","spanId":"0000000000000102"},
                  {"traceId":"abc"}]}]}]}""".formatted(nanos(7), nanos(8)));

        assertThat(logs).extracting(LogRecord::message).containsExactly("lonely", "{\"a\":1}");
        assertThat(logs).extracting(LogRecord::eventName).containsExactly("alone", "");
        assertThat(logs).extracting(LogRecord::timeNanos).containsExactly(nanos(7), nanos(8));
        assertThat(logs).extracting(LogRecord::level).containsExactly(LogRecord.Level.WARN, LogRecord.Level.ERROR);
        assertThat(logs.getFirst().traceId().isValid()).isFalse();
    }
}
