package org.debugshop.console.store;

/**
 * Who sent it: one process. Shared by all its spans and log records.
 *
 * @param service {@code service.name}; {@value #UNKNOWN_SERVICE} if it is missing, as the semantic conventions ask
 * @param valuesLeftOut how many attributes are missing, because there were too many or they could not be read
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
