package org.debugshop.defaults.telemetry;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.List;

/**
 * Which traces there are: all but those that would begin with a question to a database. Such a one comes from work that nobody asked
 * for, as looking every now and then for what has expired; it would be a trace of one span, and there would be many.
 */
final class TraceSampler implements Sampler {

    /** In the place of the extension's own, which takes all. */
    @Singleton
    static final class Producer {
        @Produces
        @Singleton
        Sampler sampler() {
            return Sampler.parentBased(new TraceSampler());
        }
    }

    @Override
    public SamplingResult shouldSample(Context parent, String traceId, String name, SpanKind kind, Attributes attributes,
            List<LinkData> links) {
        return attributes.get(DatabaseSpans.SYSTEM) == null ? SamplingResult.recordAndSample() : SamplingResult.drop();
    }

    @Override
    public String getDescription() {
        return "TraceSampler";
    }
}
