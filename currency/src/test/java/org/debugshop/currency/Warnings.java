package org.debugshop.currency;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jboss.logmanager.ExtLogRecord;

/** Collects what a logger logs while this is open. */
final class Warnings extends Handler implements AutoCloseable {

    private final List<String> messages = new CopyOnWriteArrayList<>();
    private final Logger logger;

    Warnings(String logger) {
        this.logger = Logger.getLogger(logger);
        this.logger.addHandler(this);
    }

    boolean contain(String part) {
        return messages.stream().anyMatch(message -> message.contains(part));
    }

    @Override
    @SuppressWarnings("deprecation") // its replacement is a method of formatters, and this isn't one
    public void publish(LogRecord published) {
        messages.add(ExtLogRecord.wrap(published).getFormattedMessage());
    }

    @Override
    public void flush() {
        // nothing is buffered
    }

    @Override
    public void close() {
        logger.removeHandler(this);
    }
}
