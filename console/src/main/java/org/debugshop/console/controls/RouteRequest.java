package org.debugshop.console.controls;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.debugshop.defaults.http.HttpError;

/** The body of a request for a route. */
record RouteRequest(Routes.Definition definition, Duration lease) {

    private static final Pattern ID = Pattern.compile("[a-z0-9-]{1,40}");
    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9._-]{1,40}");
    private static final Pattern TEXT = Pattern.compile("[\\p{Graph} ]{1,100}");
    private static final int USUAL_LEASE = 10;
    private static final int MAX_LEASE = 30;
    /** Browsers and programs call them themselves. */
    private static final Set<String> EDGES = Set.of("gateway", "instabook");

    static void requireId(String id) {
        require(ID.matcher(id).matches(), "The id of a route has 1 to 40 characters of a-z 0-9 -");
    }

    /**
     * Reads and checks a request.
     *
     * @param isService whether there is a service of this name
     * @throws HttpError 400
     */
    static RouteRequest of(JsonNode body, Predicate<String> isService) {
        require(body != null && body.isObject(), "The body must be a JSON object");
        var service = text(body, "service").orElseThrow(() -> HttpError.badRequest("Missing required field: service"));
        require(isService.test(service), "There is no service " + service);
        var url = text(body, "url").orElseThrow(() -> HttpError.badRequest("Missing required field: url"));
        require(isBase(url), "url must be http or https with a host, and without a path");
        var weight = integer(body, "weight", 1, 100).orElse(null);
        var key = text(body, "key").orElse(null);
        require(key == null || KEY.matcher(key).matches(), "key has 1 to 40 characters of A-Z a-z 0-9 . _ -");
        require((weight == null) != (key == null), "A route has either a weight or a key");
        require(key == null || !EDGES.contains(service),
                "%s cannot be intercepted: it is called by browsers and programs, and they use no routes"
                        .formatted(service));
        var events = flag(body, "events");
        require(!events || key != null, "Only a route with a key can have events");
        var owner = text(body, "owner").orElseThrow(() -> HttpError.badRequest("Missing required field: owner"));
        var version = text(body, "version").orElse(null);
        var lease = Duration.ofSeconds(integer(body, "lease_seconds", 1, MAX_LEASE).orElse(USUAL_LEASE));
        return new RouteRequest(new Routes.Definition(service, url.replaceFirst("/$", ""), weight, key, flag(body, "mirror"),
                flag(body, "unsafe"), events, owner, version), lease);
    }

    private static void require(boolean holds, String sentence) {
        if (!holds) {
            throw HttpError.badRequest(sentence);
        }
    }

    private static Optional<String> text(JsonNode body, String name) {
        var value = body.path(name);
        if (value.isNull() || value.isMissingNode()) {
            return Optional.empty();
        }
        require(value.isTextual() && TEXT.matcher(value.textValue()).matches(), name + " must be a text of 1 to 100 visible characters");
        return Optional.of(value.textValue());
    }

    private static Optional<Integer> integer(JsonNode body, String name, int least, int most) {
        var value = body.path(name);
        if (value.isNull() || value.isMissingNode()) {
            return Optional.empty();
        }
        require(value.isInt() && value.intValue() >= least && value.intValue() <= most,
                "%s must be an integer from %d to %d".formatted(name, least, most));
        return Optional.of(value.intValue());
    }

    private static boolean flag(JsonNode body, String name) {
        var value = body.path(name);
        require(value.isBoolean() || value.isNull() || value.isMissingNode(), name + " must be true or false");
        return value.asBoolean(false);
    }

    private static boolean isBase(String text) {
        try {
            var url = new URI(text);
            return ("http".equals(url.getScheme()) || "https".equals(url.getScheme())) && url.getHost() != null && url.getUserInfo() == null
                    && (url.getPath().isEmpty() || url.getPath().equals("/")) && url.getQuery() == null && url.getFragment() == null
                    && url.getPort() != 0 && url.getPort() <= 65_535;
        } catch (URISyntaxException noUrl) {
            return false;
        }
    }
}
