package org.debugshop.launcher.topology;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * How the process of a service is started. A service keeps its mode when it is stopped, started or restarted, and when it dies,
 * until another mode is asked for.
 *
 * @param kind what is started
 * @param debugPort where the JVM listens for a debugger, on localhost only; 0 when it does not
 * @param suspended whether the JVM waits for the debugger before it starts the service
 * @param patient whether it waits {@value #PATIENCE} for an answer, since the service that it calls may stand at a breakpoint
 */
public record Mode(Kind kind, int debugPort, boolean suspended, boolean patient) {

    public enum Kind {
        /** The service as the last build has packaged it. */
        PACKAGED,
        /** The same, with a debugger's port. */
        DEBUG,
        /** Quarkus dev mode, which runs the sources as they are. It has a debugger's port as well. */
        DEV
    }

    public static final Mode PACKAGED = new Mode(Kind.PACKAGED, 0, false, false);

    /** The longest time that the load generator can be set to wait. */
    public static final String PATIENCE = "600s";
    /** How long a server keeps a connection on which nothing is sent, also while its client waits. */
    private static final String IDLE = "660s";

    public static Mode debug(int port, boolean suspended) {
        return new Mode(Kind.DEBUG, port, suspended, true);
    }

    public static Mode dev(int debugPort) {
        return new Mode(Kind.DEV, debugPort, false, false);
    }

    /** A debugged service is patient in any case: when it goes on, the answers that it waits for would be too late. */
    public Mode patient(boolean wanted) {
        return new Mode(kind, debugPort, suspended, wanted || kind == Kind.DEBUG);
    }

    /** The variables that the process gets because of this mode. */
    public Map<String, String> environment() {
        return patient ? Map.of("UPSTREAM_TIMEOUT", PATIENCE, "QUARKUS_HTTP_IDLE_TIMEOUT", IDLE) : Map.of();
    }

    /** Describes in words what differs from a service as it usually runs; null if nothing does. */
    public String note() {
        var words = new ArrayList<String>();
        switch (kind) {
            case PACKAGED -> {}
            case DEBUG -> words.add("debugger on " + debugPort);
            case DEV -> words.addAll(List.of("dev mode", "debugger on " + debugPort));
        }
        if (patient && kind != Kind.DEBUG) {
            words.add("waits " + PATIENCE + " for answers");
        }
        return words.isEmpty() ? null : String.join(", ", words);
    }
}
