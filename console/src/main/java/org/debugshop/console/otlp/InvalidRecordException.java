package org.debugshop.console.otlp;

/** A span, log record or data point is invalid; the rest of its request is valid. */
final class InvalidRecordException extends Exception {

    InvalidRecordException(String message) {
        super(message, null, false, false);
    }
}
