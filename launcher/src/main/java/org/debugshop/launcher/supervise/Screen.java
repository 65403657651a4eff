package org.debugshop.launcher.supervise;

import java.io.PrintStream;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.debugshop.launcher.instance.State.Condition;
import org.debugshop.launcher.instance.State.Entry;
import org.debugshop.launcher.terminal.Terminal;
import org.debugshop.launcher.terminal.Terminal.Style;

/** Shows progress. On a terminal it is a table that is redrawn in place, elsewhere a line for each change. */
public final class Screen {

    private static final Set<Condition> WORTH_A_LINE = EnumSet.of(Condition.READY, Condition.FAILED, Condition.RESTARTING,
            Condition.STOPPED);

    private final Terminal terminal;
    private final PrintStream out;
    private final Map<String, Condition> shown = new HashMap<>();
    private int drawn;

    public Screen(Terminal terminal, PrintStream out) {
        this.terminal = terminal;
        this.out = out;
    }

    /** Shows the current states of the services. */
    public synchronized void show(List<Entry> entries) {
        if (terminal.live() && entries.size() < terminal.rows()) {
            draw(entries.stream().map(this::row).toList());
        } else {
            entries.stream()
                    .filter(entry -> changed(shown.put(entry.name(), entry.state()), entry.state()) && WORTH_A_LINE.contains(entry.state()))
                    .forEach(entry -> out.println(entry.name() + " " + entry.state().word() + time(entry)));
            out.flush();
        }
    }

    /** Shows a line that the next one replaces. It is shown on a terminal only. */
    public synchronized void progress(String text) {
        if (terminal.live()) {
            draw(List.of(text));
        }
    }

    /** Prints a line that stays, if this is not a terminal, so that {@link #progress} is not shown. */
    public synchronized void plain(String text) {
        if (!terminal.live()) {
            line(text);
        }
    }

    /** Removes the table or line that would be replaced. Lines that stay can follow. */
    public synchronized void clear() {
        if (terminal.live()) {
            draw(List.of());
        }
    }

    /** Keeps what is drawn, and continues below it. */
    public synchronized void keep() {
        drawn = 0;
    }

    /** Prints a line that stays. The table is removed for it, and is drawn again by the next {@link #show}. */
    public synchronized void line(String text) {
        if (drawn > 0) {
            draw(List.of());
        }
        out.println(text);
        out.flush();
    }

    private static boolean changed(Condition before, Condition now) {
        return before == null ? now != Condition.STOPPED : before != now;
    }

    private void draw(List<String> lines) {
        var text = new StringBuilder();
        if (drawn > 0) {
            text.append("\u001b[").append(drawn).append("A\r");
        }
        text.append("\u001b[J");
        lines.forEach(line -> text.append(line).append('\n'));
        out.print(text);
        out.flush();
        drawn = lines.size();
    }

    private String row(Entry entry) {
        var sign = switch (entry.state()) {
            case READY -> terminal.styled("✔", Style.GREEN);
            case STARTING, STOPPING, RESTARTING, PAUSED -> terminal.styled("…", Style.YELLOW);
            case FAILED, UNREADY -> terminal.styled("✘", Style.RED);
            case STOPPED -> terminal.styled("·", Style.FAINT);
        };
        var detail = entry.note() != null ? entry.note() : entry.state() == Condition.STARTING && entry.since() != 0 ? seconds(entry) : "";
        return terminal.fitted("  %s %-26s %5d  %-10s %s".formatted(sign, entry.name(), entry.port(), entry.state().word(), detail));
    }

    private static String time(Entry entry) {
        if (entry.state() != Condition.READY || entry.since() == 0) {
            return entry.note() == null ? "" : " (" + entry.note() + ")";
        }
        return " after " + seconds(entry);
    }

    private static String seconds(Entry entry) {
        return "%.1f s".formatted((System.currentTimeMillis() - entry.since()) / 1000.0);
    }
}
