package org.debugshop.console.api;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.UriInfo;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.debugshop.console.scrape.SeriesStore;
import org.debugshop.defaults.HttpError;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What the scrapes of the last 15 minutes said. */
@Path("/api/metrics")
@Tag(name = "Metrics")
public class MetricsResource {

    private static final Pattern NAME = Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:]*");

    private final SeriesStore series;

    MetricsResource(SeriesStore series) {
        this.series = series;
    }

    @GET
    @Operation(summary = "The names of all metrics, in alphabetical order")
    public List<String> names() {
        return series.names();
    }

    @GET
    @Path("/{name}")
    @Operation(summary = "The series of a metric, a point every two seconds",
            description = "Any other query parameter is a label that the series must have: "
                    + "/api/metrics/http_server_requests_seconds_count?status=500. "
                    + "At most 1000 series; none if there is no such metric.")
    @APIResponse(responseCode = "200", description = "The series")
    @APIResponse(responseCode = "400", description = "A parameter makes no sense")
    public List<Json.Series> metric(
            @Parameter(description = "As in the text of /metrics") @PathParam("name") String name,
            @Parameter(description = "The name of a scrape target") @QueryParam("service") String service,
            @Parameter(description = Documented.SINCE) @QueryParam("since") String since,
            @Context UriInfo uri) {
        if (!NAME.matcher(name).matches()) {
            throw HttpError.badRequest("The name of a metric has letters, digits, _ and : only");
        }
        Instant now = Instant.now();
        Map<String, String> labels = new HashMap<>();
        uri.getQueryParameters().forEach((label, values) -> {
            if (!label.equals("since") && !values.getFirst().isEmpty()) {
                labels.put(label, values.getFirst());
            }
        });
        return series.find(name, labels, Math.floorDiv(Ask.sinceNanos(since, now), 1_000_000L), now.toEpochMilli(), Ask.MAX_LIMIT).stream()
                .map(MetricsResource::json).toList();
    }

    private static Json.Series json(SeriesStore.Found found) {
        List<Object[]> points = found.points().stream()
                .map(point -> new Object[] {point.epochMillis(), Double.isInfinite(point.value()) ? null : point.value()}).toList();
        return new Json.Series(found.labels(), points, found.exemplars().stream()
                .map(each -> new Json.Exemplar(each.traceId(), each.value(), Double.isNaN(each.seconds()) ? null
                        : Math.round(each.seconds() * 1000)))
                .toList());
    }
}
