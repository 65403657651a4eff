package org.debugshop.console.otlp;

/** One span, log record or data point breaks a rule; the rest of its request is good. */
final class InvalidRecordException extends Exception {

    InvalidRecordException(String message) {
        super(message, null, false, false);
    }
}
