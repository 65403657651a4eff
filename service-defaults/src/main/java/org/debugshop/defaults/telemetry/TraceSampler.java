package org.debugshop.defaults.telemetry;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Drops traces that would start with a database query. Such a query comes from background work, such as looking for expired
 * records. Each would be a trace of one span, and there would be many. {@code OTEL_TRACES_SAMPLER} decides about all other traces;
 * by default, they are sampled.
 */
final class TraceSampler implements Sampler {

    /** Replaces the extension's own sampler, which knows the setting at build time only. */
    @Singleton
    static final class Producer {
        @Produces
        @Singleton
        Sampler sampler(@ConfigProperty(name = "otel.traces.sampler") Optional<String> name,
                @ConfigProperty(name = "otel.traces.sampler.arg") Optional<Double> ratio) {
            return new TraceSampler(switch (name.orElse("")) {
                case "always_on" -> Sampler.alwaysOn();
                case "always_off" -> Sampler.alwaysOff();
                case "traceidratio" -> Sampler.traceIdRatioBased(ratio.orElse(1.0));
                case "parentbased_always_off" -> Sampler.parentBased(Sampler.alwaysOff());
                case "parentbased_traceidratio" -> Sampler.parentBased(Sampler.traceIdRatioBased(ratio.orElse(1.0)));
                default -> Sampler.parentBased(Sampler.alwaysOn());
            });
        }
    }

    private final Sampler others;

    TraceSampler(Sampler others) {
        this.others = others;
    }

    @Override
    public SamplingResult shouldSample(Context parent, String traceId, String name, SpanKind kind, Attributes attributes,
            List<LinkData> links) {
        return DatabaseSpans.isDatabase(attributes) && !Span.fromContext(parent).getSpanContext().isValid()
                ? SamplingResult.drop()
                : others.shouldSample(parent, traceId, name, kind, attributes, links);
    }

    @Override
    public String getDescription() {
        return "TraceSampler{" + others.getDescription() + "}";
    }
}
