package org.debugshop.console.diagnosis;

import java.util.regex.Pattern;

/** Tells kinds of log messages: the same sentence with other numbers and names is the same kind. */
final class Messages {

    private static final int MAX_CHARACTERS = 160;
    private static final Pattern QUOTED = Pattern.compile("\"[^\"]*\"|'[^']*'");
    /** A word with a digit in it: a number, an id, an address, a time. */
    private static final Pattern WITH_DIGIT = Pattern.compile("[^\\s,;()\\[\\]{}=]*\\d[^\\s,;()\\[\\]{}=]*");

    private Messages() {}

    /** Returns the first line of a message without what differs each time; at most 160 characters. */
    static String kind(String message) {
        String line = message.lines().map(String::strip).filter(text -> !text.isEmpty()).findFirst().orElse("");
        String start = line.substring(0, Math.min(line.length(), 2 * MAX_CHARACTERS));
        String kind = WITH_DIGIT.matcher(QUOTED.matcher(start).replaceAll("…")).replaceAll("#");
        return kind.substring(0, Math.min(kind.length(), MAX_CHARACTERS));
    }
}
