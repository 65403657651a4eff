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
 * Samples all traces except those that would start with a database query. Such a query comes from background work, such as looking
 * for expired records. Each would be a trace of one span, and there would be many.
 */
final class TraceSampler implements Sampler {

    /** Replaces the extension's own sampler, which samples everything. */
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
