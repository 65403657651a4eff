package org.debugshop.testkit;

import java.util.Locale;

/** The processes of the system, with the names and ports of the README. */
public enum Service {
    // Generated from Topology.java by ./shop generate; do not edit.
    CONSOLE(8090), //
    PRODUCT_CATALOG(8081), //
    CURRENCY(8082), //
    AD_SERVICE(8083), //
    CHECKOUT(8084), //
    INVENTORY(8085), //
    ACCOUNTS(8088), //
    PAYMENTS(8089), //
    GATEWAY(8080), //
    INSTABOOK_CACHE(8086), //
    INSTABOOK(8087), //
    LOAD_GENERATOR(8099), //
    LOAD_GENERATOR_INSTABOOK(8098), //
    // End of the generated part.
    ;

    public final int port;

    Service(int port) {
        this.port = port;
    }

    /** Returns the name as in {@code service.name} and on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
