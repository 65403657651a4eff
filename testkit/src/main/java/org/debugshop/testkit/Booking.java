package org.debugshop.testkit;

/** The JSON of a booking session, as a client sends it. */
public final class Booking {

    /** The default of {@code INSTABOOK_API_TOKEN}. */
    public static final String TOKEN = "instabook-secret-token-2024";

    private Booking() {}

    public static String session(String id) {
        return """
                {"id":"%s","user_id":"user-1","booking_id":"booking-1","status":"pending","data":{"city":"Oslo","nights":2,"price":99.90}}"""
                .formatted(id);
    }
}
