package org.debugshop.console.store;

/**
 * How a stored span or log record differs from what was sent. It is shown beside the record, and reported to the sender.
 *
 * @param valuesLeftOut how many attributes, elements of lists, events, links and fields were dropped
 * @param charactersLeftOut how many UTF-16 characters were dropped from its texts
 * @param replaced which of its times were invalid and replaced
 */
public record Alteration(int valuesLeftOut, int charactersLeftOut, Replaced replaced) {

    /** The times that were replaced. The time of a log record counts as its {@code START}. */
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
