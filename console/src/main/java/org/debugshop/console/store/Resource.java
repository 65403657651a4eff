package org.debugshop.console.store;

/**
 * Who sent it: one process. Shared by all its spans and log records.
 *
 * @param service {@code service.name}; {@value #UNKNOWN_SERVICE} if it is missing, as the semantic conventions ask
 */
public record Resource(String service, Attributes attributes) {

    public static final String UNKNOWN_SERVICE = "unknown_service";
    public static final Resource UNKNOWN = new Resource(UNKNOWN_SERVICE, Attributes.EMPTY);

    public static Resource of(Attributes attributes) {
        String service = attributes.text("service.name");
        return new Resource(service == null || service.isEmpty() ? UNKNOWN_SERVICE : service, attributes);
    }
}
