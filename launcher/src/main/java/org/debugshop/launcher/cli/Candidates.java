package org.debugshop.launcher.cli;

import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.debugshop.launcher.console.FaultView;
import org.debugshop.launcher.topology.Service;
import org.debugshop.launcher.topology.Topology;

/** Words that a shell may complete. */
final class Candidates {

    private Candidates() {}

    /** The names of all services. */
    static final class Services implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Topology.DEBUG_SHOP.names().iterator();
        }
    }

    /** The names of the services of this project. */
    static final class Applications implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Topology.DEBUG_SHOP.applications().stream().map(Service::name).iterator();
        }
    }

    /** The environments that {@code ./shop deploy} brings along. */
    static final class Environments implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return List.of("dev", "staging", "prod").iterator();
        }
    }

    /** The names of all processes with a log. */
    static final class Logs implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Stream.concat(Topology.DEBUG_SHOP.names().stream(), Stream.of("launcher")).iterator();
        }
    }

    /** The names of all failures. */
    static final class Failures implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return FaultView.ids().iterator();
        }
    }
}
