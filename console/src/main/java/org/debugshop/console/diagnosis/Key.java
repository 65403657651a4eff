package org.debugshop.console.diagnosis;

/**
 * What figures are kept of.
 *
 * @param component a service, a database or a topic, as in the graph
 * @param operation an operation of that component
 * @param other the other component, empty if there is none
 * @param detail what tells several of the same apart, may be empty
 */
record Key(What what, String component, String operation, String other, String detail) {

    enum What {
        /** The requests or messages that an operation of a component handles. */
        REQUEST,
        /** The calls that an operation of a component makes: to {@code other}, with the name {@code detail}. */
        CALL,
        /** The time of a request from outside that {@code other} takes, by itself or ({@code detail}) on the way to it. */
        TIME,
        /** The requests from outside that fail because of {@code other}, for the reason {@code detail}. */
        BLAME,
        /** The messages of one kind that a component logs at ERROR. */
        LOG
    }

    static Key request(String component, String operation) {
        return new Key(What.REQUEST, component, operation, "", "");
    }

    static Key log(String component, String message) {
        return new Key(What.LOG, component, "", "", message);
    }

    static Key call(String component, String operation, String callee, String name) {
        return new Key(What.CALL, component, operation, callee, name);
    }
}
