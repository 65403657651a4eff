package org.debugshop.loadgenerator;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jboss.logmanager.ExtLogRecord;

/** What the classes of this module log, from WARN on, while it is open. */
final class Logs extends Handler implements AutoCloseable {

    private static final Logger LOGGER = Logger.getLogger("org.debugshop.loadgenerator");

    private final List<Line> lines = new CopyOnWriteArrayList<>();

    /** @param fields what becomes the structured fields, the trace included */
    record Line(Level level, String message, Map<String, String> fields) {

        boolean isError() {
            return level.intValue() == Level.SEVERE.intValue();
        }
    }

    static Logs captured() {
        var logs = new Logs();
        LOGGER.addHandler(logs);
        return logs;
    }

    @Override
    @SuppressWarnings("deprecation") // the successor of getFormattedMessage is a formatter's own, and this is not one
    public void publish(LogRecord published) {
        if (published.getLevel().intValue() >= Level.WARNING.intValue()) {
            var extended = ExtLogRecord.wrap(published);
            lines.add(new Line(extended.getLevel(), extended.getFormattedMessage(), extended.getMdcCopy()));
        }
    }

    List<Line> lines() {
        return List.copyOf(lines);
    }

    @Override
    public void flush() {
        // nothing is held back
    }

    @Override
    public void close() {
        LOGGER.removeHandler(this);
    }
}
