package org.debugshop.launcher.terminal;

/**
 * Text from outside, made safe for a terminal. The sender of telemetry chooses the names of its spans: an escape sequence in one could
 * recolour the screen, hide lines or, in some terminals, type commands.
 */
public final class Printable {

    /** The maximum length of a line. Names are usually much shorter. */
    public static final int MAX_LENGTH = 400;

    private Printable() {}

    /**
     * Returns one line of at most {@link #MAX_LENGTH} characters. Line breaks and other white space become blanks, and all other control
     * and
     * formatting characters (C0, C1, changes of direction, half a surrogate pair) become question marks.
     */
    public static String of(String text) {
        return of(text, MAX_LENGTH);
    }

    /** Like {@link #of(String)}, with at most {@code maxLength} characters. */
    public static String of(String text, int maxLength) {
        var line = new StringBuilder();
        text.codePoints().limit(maxLength + 1L).forEach(character -> line.appendCodePoint(switch (Character.getType(character)) {
            case Character.CONTROL -> Character.isWhitespace(character) ? ' ' : '?';
            case Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.SPACE_SEPARATOR -> ' ';
            case Character.FORMAT, Character.SURROGATE, Character.UNASSIGNED -> '?';
            default -> character;
        }));
        var count = line.codePointCount(0, line.length());
        return count <= maxLength ? line.toString() : line.substring(0, line.offsetByCodePoints(0, maxLength - 3)) + "...";
    }
}
