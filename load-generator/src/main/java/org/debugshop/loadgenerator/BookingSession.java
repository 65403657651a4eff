package org.debugshop.loadgenerator;

/** A booking session. */
record BookingSession(String id, String userId, String bookingId, String status, Stay data) {

    record Stay(String city, int nights, int guests) {}
}
