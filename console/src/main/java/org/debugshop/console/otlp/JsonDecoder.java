package org.debugshop.console.otlp;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.debugshop.console.otlp.MetricDraft.Kind;
import org.debugshop.console.store.Attributes;
import org.debugshop.console.store.LogRecord;
import org.debugshop.console.store.Resource;
import org.debugshop.console.store.Span;
import org.debugshop.console.store.TelemetryRecord;

/**
 * Reads OTLP's JSON from a stream. It is protobuf's JSON with exceptions that protobuf's own reader doesn't support: ids are hex
 * instead of base64, and enums are only numbers. 64-bit integers are numbers or strings, keys are lowerCamelCase, unknown keys are
 * ignored, and the order is free. Values of a wrong type are skipped and reported. A string of more than {@value #MAX_STRING}
 * characters makes the request unreadable. An unpaired surrogate becomes U+FFFD. Use one instance per request.
 */
final class JsonDecoder implements Decoder {

    static final int MAX_STRING = 1024 * 1024;
    private static final int MAX_NAME = 64 * 1024;
    /** The maximum nesting depth of the JSON; values are only read to {@link #MAX_DEPTH}. */
    private static final int MAX_NESTING = 10_000;
    /** Longer numbers don't fit into 64 bits, or their digits don't matter. */
    private static final int LONGEST_NUMBER = 400;

    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            // Python's JSON writer produces a bare NaN.
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(MAX_STRING).maxNameLength(MAX_NAME).maxNumberLength(MAX_STRING).maxNestingDepth(MAX_NESTING).build())
            .build();
    private static final byte[] NOT_HEX = {0};

    private final Interner interner;
    private JsonParser parser;

    JsonDecoder(Interner interner) {
        this.interner = interner;
    }

    /** Reads one record, whose object has started. */
    @FunctionalInterface
    private interface RecordReader<T> {
        T read(Resource resource, String scope) throws IOException, InvalidRecordException;
    }

    @Override
    public void spans(InputStream body, Batch<Span> batch) throws IOException {
        var draft = new SpanDraft(interner);
        request(body, "resourceSpans", () -> resourceGroup(batch, "scopeSpans", "spans", (resource, scope) -> {
            span(draft);
            return draft.finish(resource, scope);
        }));
    }

    @Override
    public void logs(InputStream body, Batch<LogRecord> batch) throws IOException {
        var draft = new LogDraft(interner);
        request(body, "resourceLogs", () -> resourceGroup(batch, "scopeLogs", "logRecords", (resource, scope) -> {
            logRecord(draft);
            return draft.finish(resource, scope);
        }));
    }

    @Override
    public void metrics(InputStream body, MetricBatch batch) throws IOException {
        var metric = new MetricDraft(interner);
        var point = new PointDraft(interner);
        request(body, "resourceMetrics", () -> {
            Resource[] resource = {Resource.UNKNOWN};
            while (nextField()) {
                switch (parser.currentName()) {
                    case "resource" -> resource[0] = resource();
                    case "scopeMetrics" -> elements(() -> eachIn("metrics", () -> metric(metric, point, batch)));
                    default -> parser.skipChildren();
                }
            }
            batch.endResource(resource[0]);
        });
    }

    @FunctionalInterface
    private interface ObjectReader {
        /** Reads the rest of an object that has started, or a value. */
        void read() throws IOException;
    }

    private void request(InputStream body, String groups, ObjectReader group) throws IOException {
        try (JsonParser opened = JSON.createParser(body)) {
            parser = opened;
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new JsonParseException(parser, "the body is not a JSON object");
            }
            while (nextField()) {
                if (!parser.currentName().equals(groups)) {
                    parser.skipChildren();
                } else if (parser.currentToken() == JsonToken.START_ARRAY || parser.currentToken() == JsonToken.VALUE_NULL) {
                    elements(group);
                } else {
                    throw new IOException("an array is expected in the field \"" + groups + "\"");
                }
            }
            if (parser.nextToken() != null) {
                throw new JsonParseException(parser, "the body goes on after its end");
            }
        }
    }

    /** Reads the array of objects in this field of an object that has started, and skips its other fields. */
    private void eachIn(String field, ObjectReader element) throws IOException {
        while (nextField()) {
            if (parser.currentName().equals(field)) {
                elements(element);
            } else {
                parser.skipChildren();
            }
        }
    }

    private <T extends TelemetryRecord<T>> void resourceGroup(Batch<T> batch, String scopes, String records, RecordReader<T> reader)
            throws IOException {
        Resource[] resource = {Resource.UNKNOWN};
        long mark = batch.mark();
        while (nextField()) {
            String field = parser.currentName();
            if (field.equals("resource")) {
                resource[0] = resource();
                batch.correctResource(mark, resource[0], interner.bytes());
            } else if (field.equals(scopes)) {
                elements(() -> scopeGroup(batch, resource[0], records, reader));
            } else {
                parser.skipChildren();
            }
        }
    }

    private <T extends TelemetryRecord<T>> void scopeGroup(Batch<T> batch, Resource resource, String records, RecordReader<T> reader)
            throws IOException {
        String[] scope = {""};
        long mark = batch.mark();
        while (nextField()) {
            String field = parser.currentName();
            if (field.equals("scope")) {
                scope[0] = scopeName();
                batch.correctScope(mark, scope[0], interner.bytes());
            } else if (field.equals(records)) {
                records(batch, resource, scope[0], reader);
            } else {
                parser.skipChildren();
            }
        }
    }

    private <T extends TelemetryRecord<T>> void records(Batch<T> batch, Resource resource, String scope, RecordReader<T> reader)
            throws IOException {
        if (!enterArray()) {
            return;
        }
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                parser.skipChildren();
                batch.reject("a span or log record must be an object");
                continue;
            }
            try {
                batch.add(reader.read(resource, scope));
            } catch (InvalidRecordException invalid) {
                batch.reject(invalid.getMessage());
            }
        }
    }

    private Resource resource() throws IOException {
        List<Object> attributes = new ArrayList<>();
        interner.restartResource();
        if (enterObject()) {
            while (nextField()) {
                switch (parser.currentName()) {
                    case "attributes" -> attributes(attributes, 0);
                    default -> parser.skipChildren();
                }
            }
        }
        return interner.resource(Attributes.of(attributes));
    }

    private String scopeName() throws IOException {
        String name = "";
        interner.restart(0);
        if (enterObject()) {
            while (nextField()) {
                switch (parser.currentName()) {
                    case "name" -> name = interner.name(string());
                    default -> parser.skipChildren();
                }
            }
        }
        return name;
    }

    private void span(SpanDraft draft) throws IOException {
        draft.restart();
        while (nextField()) {
            switch (parser.currentName()) {
                case "traceId" -> draft.traceId = id();
                case "spanId" -> draft.spanId = id();
                case "parentSpanId" -> draft.parentId = id();
                case "name" -> draft.name = interner.name(string());
                case "kind" -> draft.kind = enumNumber();
                case "startTimeUnixNano" -> draft.startNanos = time();
                case "endTimeUnixNano" -> draft.endNanos = time();
                case "attributes" -> attributes(draft.attributes, 0);
                case "events" -> elements(() -> event(draft));
                case "links" -> elements(() -> link(draft));
                case "status" -> status(draft);
                default -> parser.skipChildren();
            }
        }
    }

    private void event(SpanDraft draft) throws IOException {
        if (!hasRoom()) {
            return;
        }
        String name = "";
        long timeNanos = 0;
        List<Object> attributes = new ArrayList<>();
        while (nextField()) {
            switch (parser.currentName()) {
                case "name" -> name = interner.name(string());
                case "timeUnixNano" -> timeNanos = time();
                case "attributes" -> attributes(attributes, 0);
                default -> parser.skipChildren();
            }
        }
        draft.event(name, timeNanos, attributes);
    }

    private void link(SpanDraft draft) throws IOException {
        if (!hasRoom()) {
            return;
        }
        byte[] traceId = Ids.ABSENT;
        byte[] spanId = Ids.ABSENT;
        List<Object> attributes = new ArrayList<>();
        while (nextField()) {
            switch (parser.currentName()) {
                case "traceId" -> traceId = id();
                case "spanId" -> spanId = id();
                case "attributes" -> attributes(attributes, 0);
                default -> parser.skipChildren();
            }
        }
        draft.link(traceId, spanId, attributes);
    }

    private void status(SpanDraft draft) throws IOException {
        if (enterObject()) {
            while (nextField()) {
                switch (parser.currentName()) {
                    case "code" -> draft.status = enumNumber();
                    case "message" -> draft.statusMessage = interner.text(string());
                    default -> parser.skipChildren();
                }
            }
        }
    }

    private void logRecord(LogDraft draft) throws IOException {
        draft.restart();
        while (nextField()) {
            switch (parser.currentName()) {
                case "timeUnixNano" -> draft.timeNanos = time();
                case "observedTimeUnixNano" -> draft.observedNanos = time();
                case "severityNumber" -> draft.severity = enumNumber();
                case "severityText" -> draft.severityText = string();
                case "body" -> draft.body(value(0));
                case "eventName" -> draft.eventName = interner.name(string());
                case "attributes" -> attributes(draft.attributes, 0);
                case "traceId" -> draft.traceId = id();
                case "spanId" -> draft.spanId = id();
                default -> parser.skipChildren();
            }
        }
    }

    private void metric(MetricDraft draft, PointDraft point, MetricBatch batch) throws IOException {
        draft.restart();
        while (nextField()) {
            switch (parser.currentName()) {
                case "name" -> draft.name = interner.name(string());
                case "unit" -> draft.unit = interner.name(string());
                case "description" -> draft.description = string();
                case "gauge" -> data(Kind.GAUGE, draft, point, batch);
                case "sum" -> data(Kind.SUM, draft, point, batch);
                case "histogram" -> data(Kind.HISTOGRAM, draft, point, batch);
                case "exponentialHistogram" -> data(Kind.EXPONENTIAL_HISTOGRAM, draft, point, batch);
                case "summary" -> data(Kind.SUMMARY, draft, point, batch);
                default -> parser.skipChildren();
            }
        }
        batch.endMetric(draft);
    }

    private void data(Kind kind, MetricDraft draft, PointDraft point, MetricBatch batch) throws IOException {
        if (enterObject()) {
            draft.kind = kind;
            while (nextField()) {
                switch (parser.currentName()) {
                    case "dataPoints" -> points(kind, point, batch);
                    case "aggregationTemporality" -> draft.temporality = enumNumber();
                    case "isMonotonic" -> draft.monotonic = Boolean.TRUE.equals(bool());
                    default -> parser.skipChildren();
                }
            }
        }
    }

    private void points(Kind kind, PointDraft draft, MetricBatch batch) throws IOException {
        if (!enterArray()) {
            return;
        }
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                parser.skipChildren();
                batch.reject("a data point must be an object");
                continue;
            }
            point(draft);
            try {
                batch.add(draft, kind);
            } catch (InvalidRecordException invalid) {
                batch.reject(invalid.getMessage());
            }
        }
    }

    private void point(PointDraft draft) throws IOException {
        draft.restart();
        while (nextField()) {
            switch (parser.currentName()) {
                case "attributes" -> attributes(draft.attributes, 0);
                case "timeUnixNano" -> draft.timeNanos = time();
                case "asInt" -> draft.value = (double) integer(draft);
                case "asDouble" -> draft.value = decimal(draft);
                case "count" -> draft.count = unsigned(draft);
                case "sum" -> draft.sum = decimal(draft);
                case "bucketCounts" -> values(() -> PointDraft.add(draft.bucketCounts, unsigned(draft)));
                case "explicitBounds" -> values(() -> PointDraft.add(draft.bounds, decimal(draft)));
                case "quantileValues" -> elements(() -> quantile(draft));
                case "flags" -> draft.flags = (int) integer(draft);
                default -> parser.skipChildren();
            }
        }
        draft.finish();
    }

    private void quantile(PointDraft draft) throws IOException {
        double quantile = 0;
        double value = 0;
        while (nextField()) {
            switch (parser.currentName()) {
                case "quantile" -> quantile = decimal(draft);
                case "value" -> value = decimal(draft);
                default -> parser.skipChildren();
            }
        }
        PointDraft.add(draft.quantiles, new PointDraft.Quantile(quantile, value));
    }

    private long integer(PointDraft draft) throws IOException {
        Long integer = integer();
        if (integer == null) {
            draft.unreadable = true;
            leaveOut("an integer of 64 bits");
            return 0;
        }
        return integer;
    }

    private long unsigned(PointDraft draft) throws IOException {
        long integer = integer(draft);
        draft.unreadable |= integer < 0;
        return integer;
    }

    private double decimal(PointDraft draft) throws IOException {
        Double decimal = decimal();
        if (decimal == null) {
            draft.unreadable = true;
            leaveOut("a number");
            return 0;
        }
        return decimal;
    }

    private void attributes(List<Object> pairs, int depth) throws IOException {
        elements(() -> {
            if (!hasRoom()) {
                return;
            }
            int bytesBefore = interner.bytes();
            String key = "";
            Object value = null;
            while (nextField()) {
                switch (parser.currentName()) {
                    case "key" -> key = interner.name(string());
                    case "value" -> value = value(depth);
                    default -> parser.skipChildren();
                }
            }
            interner.pair(pairs, key, value, depth, bytesBefore);
        });
    }

    /** Returns whether the current record may have more; if not, skips the object that has started. */
    private boolean hasRoom() throws IOException {
        if (interner.hasRoom()) {
            return true;
        }
        skipRestOfObject();
        interner.leaveOutForWantOfRoom();
        return false;
    }

    /** Returns null if the value is empty; {@link Interner#LEFT_OUT} if it is unreadable, nested too deeply or doesn't fit. */
    private Object value(int depth) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            return parser.currentToken() == JsonToken.VALUE_NULL ? null : leaveOut("an object");
        }
        if (depth > MAX_DEPTH) {
            skipRestOfObject();
            interner.leaveOut(TOO_DEEP);
            return Interner.LEFT_OUT;
        }
        if (!hasRoom()) {
            return Interner.LEFT_OUT;
        }
        Object value = null;
        while (nextField()) {
            switch (parser.currentName()) {
                case "stringValue", "bytesValue" -> value = isText() ? interner.text(string()) : leaveOut("a string");
                case "boolValue" -> value = bool();
                case "intValue" -> {
                    Long integer = integer();
                    value = integer == null ? leaveOut("an integer of 64 bits") : interner.number(integer);
                }
                case "doubleValue" -> {
                    Double decimal = decimal();
                    value = decimal == null ? leaveOut("a number") : interner.number(decimal);
                }
                case "arrayValue" -> value = enterObject() ? array(depth + 1) : Interner.LEFT_OUT;
                case "kvlistValue" -> value = enterObject() ? map(depth + 1) : Interner.LEFT_OUT;
                default -> parser.skipChildren();
            }
        }
        return value;
    }

    private Object array(int depth) throws IOException {
        List<Object> values = interner.container();
        while (nextField()) {
            if (!parser.currentName().equals("values")) {
                parser.skipChildren();
            } else if (enterArray()) {
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    interner.element(values, value(depth));
                }
            }
        }
        return interner.list(values);
    }

    private Object map(int depth) throws IOException {
        List<Object> pairs = interner.container();
        while (nextField()) {
            switch (parser.currentName()) {
                case "values" -> attributes(pairs, depth);
                default -> parser.skipChildren();
            }
        }
        return Attributes.of(pairs).toMap();
    }

    private byte[] id() throws IOException {
        if (!isText()) {
            leaveOut("a string");
            return NOT_HEX;
        }
        String hex = string();
        try {
            return hex.length() <= 64 ? HexFormat.of().parseHex(hex) : NOT_HEX;
        } catch (IllegalArgumentException e) {
            return NOT_HEX;
        }
    }

    private boolean isText() {
        return parser.currentToken() == JsonToken.VALUE_STRING || parser.currentToken() == JsonToken.VALUE_NULL;
    }

    /** Returns an empty string if the value isn't one. */
    private String string() throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_STRING) {
            return wellFormed(parser.getText());
        }
        if (parser.currentToken() != JsonToken.VALUE_NULL) {
            leaveOut("a string");
        }
        return "";
    }

    /** Replaces unpaired surrogates: JSON can contain an escape such as {@code \ud800} alone, but UTF-8 can't. */
    private static String wellFormed(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                return text.codePoints().map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xFFFD : c)
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
            }
        }
        return text;
    }

    private Object bool() throws IOException {
        return switch (parser.currentToken()) {
            case VALUE_TRUE -> true;
            case VALUE_FALSE, VALUE_NULL -> false;
            default -> leaveOut("true or false");
        };
    }

    private int enumNumber() throws IOException {
        Long number = integer();
        if (number == null || number != number.intValue()) {
            leaveOut("a number, as OTLP has it for enums,");
            return 0;
        }
        return number.intValue();
    }

    /**
     * Reads a {@code fixed64}, which is unsigned. Values that don't fit into a long become negative, which the draft detects.
     * Returns 0 if it isn't one.
     */
    private long time() throws IOException {
        Long time = integer();
        if (time != null) {
            return time;
        }
        try {
            if (parser.currentToken() == JsonToken.VALUE_STRING && parser.getTextLength() <= LONGEST_NUMBER) {
                return Long.parseUnsignedLong(parser.getText());
            }
        } catch (NumberFormatException e) {
            // It is dropped below.
        }
        leaveOut("a time in nanoseconds");
        return 0;
    }

    /** Returns null if the value isn't a 64-bit integer. Like any JSON number, it may have an exponent. */
    private Long integer() throws IOException {
        return switch (parser.currentToken()) {
            case VALUE_NULL -> 0L;
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT, VALUE_STRING ->
                parser.getTextLength() > LONGEST_NUMBER ? null : integer(parser.getText());
            default -> null;
        };
    }

    private static Long integer(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            try {
                return new BigDecimal(text).longValueExact();
            } catch (ArithmeticException | NumberFormatException _) {
                return null;
            }
        }
    }

    /** Returns null if the value isn't a number. */
    private Double decimal() throws IOException {
        try {
            return switch (parser.currentToken()) {
                case VALUE_NULL -> 0.0;
                case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT, VALUE_STRING ->
                    parser.getTextLength() > LONGEST_NUMBER ? null : Double.valueOf(parser.getText());
                default -> null;
            };
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** Skips the current value, which has a wrong type, and reports it. */
    private Object leaveOut(String wanted) throws IOException {
        parser.skipChildren();
        String field = parser.currentName();
        interner.leaveOut((field == null ? "a value" : "\"" + field + "\"") + " must be " + wanted + " and was left out");
        return Interner.LEFT_OUT;
    }

    /** Enters the current object; returns false if there is none. */
    private boolean enterObject() throws IOException {
        return enter(JsonToken.START_OBJECT, "an object");
    }

    private boolean enterArray() throws IOException {
        return enter(JsonToken.START_ARRAY, "an array");
    }

    private boolean enter(JsonToken start, String wanted) throws IOException {
        if (parser.currentToken() == start) {
            return true;
        }
        if (parser.currentToken() != JsonToken.VALUE_NULL) {
            leaveOut(wanted);
        }
        return false;
    }

    /** Goes to the value of the next field; returns false at the end of the object. */
    private boolean nextField() throws IOException {
        if (parser.nextToken() != JsonToken.FIELD_NAME) {
            return false;
        }
        parser.nextToken();
        return true;
    }

    /** Reads the objects of the current array, each of which has started. */
    private void elements(ObjectReader element) throws IOException {
        if (enterArray()) {
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                if (enterObject()) {
                    element.read();
                }
            }
        }
    }

    /** Reads the values of the current array. */
    private void values(ObjectReader value) throws IOException {
        if (enterArray()) {
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                value.read();
            }
        }
    }

    private void skipRestOfObject() throws IOException {
        while (nextField()) {
            parser.skipChildren();
        }
    }
}
