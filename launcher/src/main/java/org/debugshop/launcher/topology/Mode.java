package org.debugshop.launcher.topology;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * How the process of a service is started. A service keeps its mode when it is stopped, started or restarted, and when it dies, until a
 * command changes the mode.
 *
 * @param kind what is started
 * @param debugPort the port on localhost on which the JVM listens for a debugger; 0 if there is none
 * @param suspended whether the JVM waits for the debugger before it starts the service
 * @param patient whether it waits {@value #PATIENCE} for an answer, because the service that it calls may be at a breakpoint
 */
public record Mode(Kind kind, int debugPort, boolean suspended, boolean patient) {

    public enum Kind {
        /** The packaged service. */
        PACKAGED,
        /** The packaged service with a port for a debugger. */
        DEBUG,
        /** Quarkus dev mode, which runs the current sources. It has a port for a debugger too. */
        DEV
    }

    public static final Mode PACKAGED = new Mode(Kind.PACKAGED, 0, false, false);

    /** The longest timeout that the load generator accepts. */
    public static final String PATIENCE = "600s";
    /** How long a server keeps an idle connection, even if its client waits for an answer. */
    private static final String IDLE = "660s";

    public static Mode debug(int port, boolean suspended) {
        return new Mode(Kind.DEBUG, port, suspended, true);
    }

    public static Mode dev(int debugPort) {
        return new Mode(Kind.DEV, debugPort, false, false);
    }

    /**
     * Returns a copy with this patience. A service with a debugger is always patient: after a breakpoint, the answers that it waits for
     * would be late.
     */
    public Mode patient(boolean wanted) {
        return new Mode(kind, debugPort, suspended, wanted || kind == Kind.DEBUG);
    }

    /** Returns the variables that the process gets because of this mode. */
    public Map<String, String> environment() {
        return patient ? Map.of("UPSTREAM_TIMEOUT", PATIENCE, "QUARKUS_HTTP_IDLE_TIMEOUT", IDLE) : Map.of();
    }

    /** Describes the difference from the usual mode; null if there is none. */
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
