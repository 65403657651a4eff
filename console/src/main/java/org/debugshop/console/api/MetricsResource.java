package org.debugshop.console.api;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.UriInfo;
import java.time.Instant;
import java.util.AbstractList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.debugshop.console.store.SeriesStore;
import org.debugshop.defaults.http.HttpError;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.headers.Header;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;

/** The metrics of the last 15 minutes, both scraped and pushed. */
@Path("/api/metrics")
@Tag(name = "Metrics")
public class MetricsResource {

    private static final Pattern NAME = Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:]*");

    /** The query parameters that are not labels. */
    private static final Set<String> NO_LABELS = Set.of("since", "limit", "cursor");

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
    @Operation(summary = "The series of a metric: a point every two seconds if it is scraped, or one for each pushed data point", description = "Any other query parameter is a label that the series must have: "
            + "/api/metrics/http_server_requests_seconds_count?status=500. "
            + "If there is no such metric, the answer is empty. A page ends before limit if it would have more than 100000 points.")
    @APIResponse(responseCode = "200", description = "A page of series, in a stable order", headers = @Header(name = "Link", description = "<?...&cursor=...>; rel=\"next\" (RFC 8288); absent on the last page"))
    @APIResponse(responseCode = "400", description = "A parameter is invalid")
    public RestResponse<List<MetricAnswers.Series>> metric(
            @Parameter(description = "As in the text of /metrics") @PathParam("name") String name,
            @Parameter(description = "The name of a scrape target, or the service.name of a sender") @QueryParam("service") String service,
            @Parameter(description = ApiTexts.SINCE) @QueryParam("since") String since,
            @Parameter(description = ApiTexts.LIMIT, schema = @Schema(type = SchemaType.INTEGER)) @QueryParam("limit") String limit,
            @Parameter(description = "The cursor in the Link header of the previous page") @QueryParam("cursor") String cursor,
            @Context UriInfo uri) {
        if (!NAME.matcher(name).matches()) {
            throw HttpError.badRequest("The name of a metric has only letters, digits, _ and :");
        }
        Instant now = Instant.now();
        Map<String, String> labels = new HashMap<>();
        uri.getQueryParameters().forEach((label, values) -> {
            if (!NO_LABELS.contains(label) && !values.getFirst().isEmpty()) {
                labels.put(label, values.getFirst());
            }
        });
        var page = series.find(name, labels, Math.floorDiv(QueryParameters.sinceNanos(since, now), 1_000_000L), now.toEpochMilli(),
                QueryParameters.limit(limit),
                QueryParameters.place(cursor));
        var answer = RestResponse.ResponseBuilder.ok(page.series().stream().map(MetricsResource::json).toList());
        page.next().ifPresent(place -> answer.header("Link", "<?%s>; rel=\"next\"".formatted(
                uri.getRequestUriBuilder().replaceQueryParam("cursor", place.toString()).build().getRawQuery())));
        return answer.build();
    }

    private static MetricAnswers.Series json(SeriesStore.Found found) {
        // A lazy view, so that the points exist only while they are written.
        List<Object[]> points = new AbstractList<>() {
            @Override
            public Object[] get(int index) {
                var point = found.points().get(index);
                return new Object[]{point.epochMillis(), Double.isInfinite(point.value()) ? null : point.value()};
            }

            @Override
            public int size() {
                return found.points().size();
            }
        };
        return new MetricAnswers.Series(found.labels(), points, found.exemplars().stream()
                .map(exemplar -> new MetricAnswers.Exemplar(exemplar.traceId(), exemplar.value(), Double.isNaN(exemplar.seconds())
                        ? null
                        : Math.round(exemplar.seconds() * 1000)))
                .toList());
    }
}
