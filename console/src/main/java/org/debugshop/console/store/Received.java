package org.debugshop.console.store;

/** What arrives in batches and is kept within a number of bytes: a span or a log record. */
public sealed interface Received<T extends Received<T>> permits Span, LogRecord {

    Resource resource();

    /** The name of the instrumentation, may be empty. */
    String scope();

    /** The same, sent by another: OTLP may name the sender after what it sent. */
    T from(Resource resource, String scope);

    /** The same, and the first to hold something that takes so many bytes. */
    T charged(int moreBytes);

    /** About how much heap it takes beyond what it shares with others. */
    int bytes();
}
