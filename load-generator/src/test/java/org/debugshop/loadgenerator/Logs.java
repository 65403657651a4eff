package org.debugshop.loadgenerator;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jboss.logmanager.ExtLogRecord;

/** Collects what this module's classes log from WARN on, while it is open. */
final class Logs extends Handler implements AutoCloseable {

    private static final Logger LOGGER = Logger.getLogger("org.debugshop.loadgenerator");

    private final List<Line> lines = new CopyOnWriteArrayList<>();

    /** @param fields the MDC, which becomes the structured fields and contains the trace */
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
    @SuppressWarnings("deprecation") // its replacement is a method of formatters, and this isn't one
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
        // nothing is buffered
    }

    @Override
    public void close() {
        LOGGER.removeHandler(this);
    }
}
