package org.debugshop.console.scrape;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The services that are scraped, and their URLs. */
public record Targets(List<Target> all) {

    /** @param url the full URL, including the path */
    public record Target(String service, URI url) {}

    private static final String ON_A_LAPTOP = """
            gateway=http://localhost:8080,product-catalog=http://localhost:8081,currency=http://localhost:8082,\
            ad-service=http://localhost:8083,checkout=http://localhost:8084,inventory=http://localhost:8085,\
            payments=http://localhost:8089,instabook-cache=http://localhost:8086,\
            instabook=http://localhost:8087,accounts=http://localhost:8088,\
            load-generator=http://localhost:8099,load-generator-instabook=http://localhost:8098,\
            console=http://localhost:8090""";

    /**
     * Parses the scrape targets.
     *
     * @param text {@code name=url,...}, where each is a base URL or the URL of {@code /metrics}; blank means the services on a
     *        laptop
     * @throws IllegalArgumentException with the reason, if it is invalid
     */
    public static Targets parse(String text) {
        List<Target> targets = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (String entry : (text.isBlank() ? ON_A_LAPTOP : text).split(",")) {
            if (entry.isBlank()) {
                continue;
            }
            int equals = entry.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("SCRAPE_TARGETS is name=url,... but has \"" + entry.strip() + "\"");
            }
            String name = entry.substring(0, equals).strip();
            if (!names.add(name)) {
                throw new IllegalArgumentException("SCRAPE_TARGETS has " + name + " twice");
            }
            targets.add(new Target(name, metricsUrl(entry.substring(equals + 1).strip())));
        }
        return new Targets(List.copyOf(targets));
    }

    private static URI metricsUrl(String text) {
        URI url;
        try {
            url = new URI(text);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("SCRAPE_TARGETS has \"" + text + "\", which is not a URL", e);
        }
        if (!("http".equals(url.getScheme()) || "https".equals(url.getScheme())) || url.getHost() == null) {
            throw new IllegalArgumentException("SCRAPE_TARGETS has \"" + text + "\", which is not an http URL");
        }
        return url.getPath().isEmpty() || url.getPath().equals("/") ? url.resolve("/metrics") : url;
    }

    /** Returns the services by {@code host:port}. */
    public Map<String, String> namesByAddress() {
        Map<String, String> names = new HashMap<>();
        for (Target target : all) {
            URI url = target.url;
            int port = url.getPort() >= 0 ? url.getPort() : url.getScheme().equals("https") ? 443 : 80;
            String host = url.getHost().equals("127.0.0.1") || url.getHost().equals("[::1]") ? "localhost" : url.getHost();
            names.put(host + ":" + port, target.service);
        }
        return names;
    }
}
