package org.debugshop.launcher.terminal;

/**
 * The standard output of {@code ./shop}. The script examines it and passes on the result, because Java cannot find out as much.
 *
 * @param live whether lines can be overwritten
 * @param colour whether to use colours
 * @param columns the width in characters
 * @param rows the height in lines
 */
public record Terminal(boolean live, boolean colour, int columns, int rows) {

    public enum Style {
        RED("31"), GREEN("32"), YELLOW("33"), BLUE("34"), MAGENTA("35"), CYAN("36"), FAINT("2"), BOLD("1");

        private final String code;

        Style(String code) {
            this.code = code;
        }
    }

    /** {@code shop.terminal} contains rows and columns, as {@code stty size} prints them. It is empty if the output is not a terminal. */
    public static Terminal current() {
        var size = System.getProperty("shop.terminal", "").split(" ");
        if (size.length != 2 || "dumb".equals(System.getenv("TERM"))) {
            return new Terminal(false, false, 0, 0);
        }
        var noColour = System.getenv("NO_COLOR"); // https://no-color.org
        return new Terminal(true, noColour == null || noColour.isEmpty(), Integer.parseInt(size[1]), Integer.parseInt(size[0]));
    }

    /** Returns whether lines and arrows can be drawn: the output is a terminal whose character set has them. */
    public boolean unicode() {
        return live && System.out.charset().newEncoder().canEncode('├');
    }

    public String styled(String text, Style style) {
        return colour ? "\u001b[" + style.code + "m" + text + "\u001b[0m" : text;
    }

    /** Returns the text, cut to the width of a line. Colours do not count. */
    public String fitted(String text) {
        var room = columns - 1 + (text.length() - text.replaceAll("\u001b\\[\\d*m", "").length());
        return text.length() <= room ? text : text.substring(0, Math.max(0, room - 1)) + "…";
    }
}
