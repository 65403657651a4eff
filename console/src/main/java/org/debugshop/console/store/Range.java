package org.debugshop.console.store;

/** A range of numbers, including both ends. */
public record Range(long from, long to) {

    public static final Range ALL = new Range(Long.MIN_VALUE, Long.MAX_VALUE);

    public static Range from(long from) {
        return new Range(from, Long.MAX_VALUE);
    }

    boolean includes(long number) {
        return from <= number && number <= to;
    }
}
