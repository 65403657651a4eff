package org.debugshop.launcher.terminal;

/**
 * The standard output as {@code ./shop} found it; a shell finds out more about it than Java does.
 *
 * @param live whether lines can be drawn over
 * @param colour whether to colour
 * @param columns how wide it is
 * @param rows how high it is
 */
public record Terminal(boolean live, boolean colour, int columns, int rows) {

    public enum Style {
        RED("31"), GREEN("32"), YELLOW("33"), BLUE("34"), MAGENTA("35"), CYAN("36"), FAINT("2");

        private final String code;

        Style(String code) {
            this.code = code;
        }
    }

    /** {@code shop.terminal} holds rows and columns, as {@code stty size} prints them; it is empty when output goes elsewhere. */
    public static Terminal current() {
        var size = System.getProperty("shop.terminal", "").split(" ");
        if (size.length != 2 || "dumb".equals(System.getenv("TERM"))) {
            return new Terminal(false, false, 0, 0);
        }
        var noColour = System.getenv("NO_COLOR"); // https://no-color.org
        return new Terminal(true, noColour == null || noColour.isEmpty(), Integer.parseInt(size[1]), Integer.parseInt(size[0]));
    }

    /** Whether lines and arrows can be drawn: the output is a terminal, and its character set has them. */
    public boolean unicode() {
        return live && System.out.charset().newEncoder().canEncode('├');
    }

    public String styled(String text, Style style) {
        return colour ? "\u001b[" + style.code + "m" + text + "\u001b[0m" : text;
    }

    /** Cut to what fits on one line; colours take no room. */
    public String fitted(String text) {
        var room = columns - 1 + (text.length() - text.replaceAll("\u001b\\[\\d*m", "").length());
        return text.length() <= room ? text : text.substring(0, Math.max(0, room - 1)) + "…";
    }
}
