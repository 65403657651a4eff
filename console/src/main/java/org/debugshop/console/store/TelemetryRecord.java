package org.debugshop.console.store;

/** A span or a log record. It arrives in a batch, and is stored within a limit of bytes. */
public sealed interface TelemetryRecord<T extends TelemetryRecord<T>> permits Span, LogRecord {

    Resource resource();

    /** Returns the name of the instrumentation scope, which may be empty. */
    String scope();

    /** Returns a copy with this sender, because in OTLP the sender may follow its records. */
    T from(Resource resource, String scope);

    /** Returns a copy that is charged for this many more bytes, because it is the first to use a shared value. */
    T charged(int moreBytes);

    /** Returns the approximate heap size, without shared values. */
    int bytes();
}
