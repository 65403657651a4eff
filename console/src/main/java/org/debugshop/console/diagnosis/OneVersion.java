package org.debugshop.console.diagnosis;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.debugshop.console.analysis.Common;
import org.debugshop.console.diagnosis.Incident.Evidence;
import org.debugshop.console.store.Span;

/**
 * The version of a service that nearly all bad requests have reached, and hardly any good one: a canary, say.
 *
 * @param evidence the sentence about it
 */
record OneVersion(String service, Evidence evidence) {

    private static final String VERSION = "service.version";
    /** The least difference of the shares, which allows for chance: that of five of five bad requests, and no good one. */
    private static final double LEAST = 0.3;

    /** How many traces reached a version. */
    private static final class Reached {
        private int bad;
        private int good;
    }

    /** Compares the versions of a service in bad and in good traces. Empty if there is only one version, or it makes no difference. */
    static Optional<OneVersion> of(String service, List<List<Span>> bad, List<List<Span>> good) {
        var versions = new TreeMap<String, Reached>();
        var all = new Reached();
        for (var trace : bad) {
            var reached = versions(service, trace);
            all.bad += reached.isEmpty() ? 0 : 1;
            reached.forEach(version -> versions.computeIfAbsent(version, _ -> new Reached()).bad++);
        }
        for (var trace : good) {
            var reached = versions(service, trace);
            all.good += reached.isEmpty() ? 0 : 1;
            reached.forEach(version -> versions.computeIfAbsent(version, _ -> new Reached()).good++);
        }
        if (versions.size() < 2 || all.bad == 0 || all.good == 0) {
            return Optional.empty();
        }
        return versions.entrySet().stream()
                .map(entry -> shared(entry, all)).filter(shared -> shared.difference() >= LEAST).findFirst()
                .map(shared -> new OneVersion(service, evidence(service, shared)));
    }

    private static Common.Shared shared(Map.Entry<String, Reached> version, Reached all) {
        return new Common.Shared(VERSION, version.getKey(), version.getValue().bad, all.bad, version.getValue().good, all.good);
    }

    private static Evidence evidence(String service, Common.Shared shared) {
        return new Evidence("%d of %d bad requests reached version %s of %s, and %d of %d good ones.".formatted(shared.selected(),
                shared.ofSelected(), shared.value(), service, shared.others(), shared.ofOthers()), true,
                "/traces?service=" + URLEncoder.encode(service, StandardCharsets.UTF_8));
    }

    private static Set<String> versions(String service, List<Span> trace) {
        var versions = new HashSet<String>();
        for (var span : trace) {
            String version = span.service().equals(service) ? span.resource().attributes().text(VERSION) : null;
            if (version != null) {
                versions.add(version);
            }
        }
        return versions;
    }
}
