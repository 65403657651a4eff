package org.debugshop.systemtests;

/** A booking session as somebody sends it. */
final class Booking {

    /** The default of {@code INSTABOOK_API_TOKEN}. */
    static final String TOKEN = "instabook-secret-token-2024";

    private Booking() {}

    static String session(String id) {
        return """
                {"id":"%s","user_id":"user-1","booking_id":"booking-1","status":"pending","data":{"city":"Oslo","nights":2,"price":99.90}}"""
                .formatted(id);
    }
}
