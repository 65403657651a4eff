package org.debugshop.console.store;

/**
 * The sender of telemetry: one process. All its spans and log records share it.
 *
 * @param service {@code service.name}; {@value #UNKNOWN_SERVICE} if it is missing, as the semantic conventions require
 * @param valuesLeftOut how many attributes are missing, because there were too many or they were unreadable
 */
public record Resource(String service, Attributes attributes, int valuesLeftOut) {

    public static final String UNKNOWN_SERVICE = "unknown_service";
    public static final Resource UNKNOWN = new Resource(UNKNOWN_SERVICE, Attributes.EMPTY, 0);

    public static Resource of(Attributes attributes) {
        return of(attributes, 0);
    }

    public static Resource of(Attributes attributes, int valuesLeftOut) {
        String service = attributes.text("service.name");
        return new Resource(service == null || service.isEmpty() ? UNKNOWN_SERVICE : service, attributes, valuesLeftOut);
    }
}
