package org.debugshop.console.store;

/**
 * How a span or log record, as kept, differs from what was sent. It is shown beside the record, and reported to the sender.
 *
 * @param valuesLeftOut the number of attributes, elements of lists, events, links and fields that are missing
 * @param charactersLeftOut the number of characters that its texts lack, in UTF-16
 * @param replaced which of its times could not be, so that another one stands in its place
 */
public record Alteration(int valuesLeftOut, int charactersLeftOut, Replaced replaced) {

    /** Which times were replaced. The time of a log record is its {@code START}. */
    public enum Replaced {
        NONE, START, END, BOTH
    }

    public static final Alteration NONE = new Alteration(0, 0, Replaced.NONE);

    public static Alteration of(int valuesLeftOut, int charactersLeftOut, Replaced replaced) {
        return valuesLeftOut == 0 && charactersLeftOut == 0 && replaced == Replaced.NONE
                ? NONE
                : new Alteration(valuesLeftOut, charactersLeftOut, replaced);
    }
}
