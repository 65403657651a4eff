package org.debugshop.console.api;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.UriInfo;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;
import org.debugshop.console.analysis.Chart;
import org.debugshop.console.analysis.MetricName;
import org.debugshop.console.store.SeriesStore;
import org.debugshop.console.store.TraceId;
import org.debugshop.console.store.TraceStore;
import org.debugshop.defaults.http.HttpError;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Charts of the data of {@link MetricsResource}: rates and quantiles instead of counts that only grow. */
@Path("/api/charts")
@Tag(name = "Metrics")
public class ChartsResource {

    /** The query parameters that are not labels. */
    private static final Set<String> NO_LABELS = Set.of("show", "by", "since");

    /** How many charts are computed at the same time, because each takes some MB. Further requests wait. */
    private static final int AT_ONCE = 2;

    private final Semaphore drawing = new Semaphore(AT_ONCE);
    private final SeriesStore series;
    private final TraceStore traces;

    ChartsResource(SeriesStore series, TraceStore traces) {
        this.series = series;
        this.traces = traces;
    }

    @GET
    @Operation(summary = "All metrics, in alphabetical order", description = "A histogram is one metric here, without its _bucket, _count and _sum.")
    public List<MetricName> names() {
        return MetricName.all(series);
    }

    @GET
    @Path("/{name}")
    @Operation(summary = "A metric of the last 15 minutes, as lines", description = "Any other query parameter is a label that the series must have. Rates and quantiles cover the 20 seconds before a point. "
            + "The answer has at most 12 lines (36 for quantiles), the highest ones. If there is no such metric, it has no lines and no labels.")
    @APIResponse(responseCode = "200", description = "The chart")
    @APIResponse(responseCode = "400", description = "A parameter is invalid")
    public Chart chart(
            @Parameter(description = "As /api/charts lists it") @PathParam("name") String name,
            @Parameter(description = "The representation; default: the usual one of the kind of metric", schema = @Schema(implementation = Chart.Show.class)) @QueryParam("show") String show,
            @Parameter(description = "The label by which series are grouped, or * for one line per series; default: chosen by the number of series") @QueryParam("by") String by,
            @Parameter(description = ApiTexts.SINCE) @QueryParam("since") String since,
            @Context UriInfo uri) {
        Instant now = Instant.now();
        Map<String, String> labels = new HashMap<>();
        uri.getQueryParameters().forEach((label, values) -> {
            if (!NO_LABELS.contains(label) && !values.getFirst().isEmpty()) {
                labels.put(label, values.getFirst());
            }
        });
        var question = new Chart.Question(name, QueryParameters.text(show).map(ChartsResource::show), QueryParameters.text(by), labels,
                Math.floorDiv(QueryParameters.sinceNanos(since, now), 1_000_000L));
        drawing.acquireUninterruptibly();
        try {
            return Chart.of(series, question, this::isKept, now.toEpochMilli());
        } catch (IllegalArgumentException e) {
            throw HttpError.badRequest(e.getMessage());
        } finally {
            drawing.release();
        }
    }

    private static Chart.Show show(String text) {
        return Arrays.stream(Chart.Show.values()).filter(show -> show.name().equalsIgnoreCase(text)).findFirst()
                .orElseThrow(() -> HttpError.badRequest("The parameter show must be one of "
                        + Arrays.stream(Chart.Show.values()).map(show -> show.name().toLowerCase(Locale.ROOT))
                                .collect(Collectors.joining(", "))));
    }

    private boolean isKept(String traceId) {
        try {
            return traces.has(TraceId.parse(traceId));
        } catch (IllegalArgumentException notAnId) {
            return false;
        }
    }
}
