package org.debugshop.launcher.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.debugshop.launcher.instance.State.Condition;
import org.debugshop.launcher.instance.State.Entry;
import org.debugshop.launcher.terminal.Terminal;
import org.junit.jupiter.api.Test;

class ScreenTest {

    private static final List<Entry> TWO = List.of(
            new Entry("gateway", Condition.READY, 8080, null, 0, 0, null), new Entry("console", Condition.READY, 8090, null, 0, 0, null));

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();

    @Test
    void shouldKeepALineThatIsPrintedWhileATableIsShown() {
        var screen = new Screen(new Terminal(true, false, 80, 24), new PrintStream(written, true, StandardCharsets.UTF_8));
        screen.show(TWO);
        written.reset();

        screen.line("gateway died");
        assertThat(text()).isEqualTo("\u001b[2A\r\u001b[Jgateway died\n");
        written.reset();
        screen.show(TWO);

        assertThat(text()).as("the table does not overwrite the line").startsWith("\u001b[J  ").contains("gateway", "console");
    }

    private String text() {
        return written.toString(StandardCharsets.UTF_8);
    }
}
