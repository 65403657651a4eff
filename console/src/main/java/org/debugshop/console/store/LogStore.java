package org.debugshop.console.store;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * The newest log records, in order of arrival. Their number and their bytes are limited.
 *
 * <pre>
 * oldest ─▶ [ 41 INFO gateway ][ 42 WARN instabook-cache ][ 43 ERROR instabook ] ◀─ newest
 * </pre>
 *
 * The number is the record's position in the order of arrival. It makes cursors unique if times are equal. Queries read all
 * records, which takes a few milliseconds at the default of 20,000. Thread-safe.
 */
public final class LogStore {

    /** The average size of a record, in bytes, for the limit of bytes; Debug Shop's records take about 300. */
    public static final int BYTES_PER_RECORD = 640;

    private static final int LATE_RECORDS = 200;

    private record Numbered(long number, LogRecord entry) {
        TraceId place() {
            return new TraceId(0, number);
        }
    }

    private static final Comparator<Numbered> BY_TIME = Comparator.<Numbered>comparingLong(numbered -> numbered.entry.timeNanos())
            .thenComparingLong(Numbered::number);

    private final int maxRecords;
    private final long maxBytes;
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private final ArrayDeque<Numbered> records = new ArrayDeque<>();
    private long arrived;
    private long bytes;
    private final LongAdder evictedRecords = new LongAdder();

    /** @param maxRecords 1 or more; the limit of bytes is {@value #BYTES_PER_RECORD} for each */
    public LogStore(int maxRecords) {
        if (maxRecords < 1) {
            throw new IllegalArgumentException("MAX_LOGS must be at least 1, not " + maxRecords);
        }
        this.maxRecords = maxRecords;
        this.maxBytes = (long) maxRecords * BYTES_PER_RECORD;
    }

    public void add(Collection<LogRecord> batch) {
        lock.writeLock().lock();
        try {
            for (LogRecord entry : batch) {
                records.addLast(new Numbered(arrived++, entry));
                bytes += entry.bytes();
                while (records.size() > 1 && (records.size() > maxRecords || bytes > maxBytes)) {
                    bytes -= records.removeFirst().entry().bytes();
                    evictedRecords.increment();
                }
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** Returns the newest records that match. */
    public Page<LogRecord> find(LogQuery query) {
        var newest = new NewestSelector<>(query.limit(), BY_TIME);
        String text = query.filter().text().map(wanted -> wanted.toLowerCase(Locale.ROOT)).orElse(null);
        lock.readLock().lock();
        try {
            for (Numbered numbered : records) {
                if (query.cursor().isPresent() && !query.cursor().get().isBefore(numbered.entry.timeNanos(), numbered.place())) {
                    continue;
                }
                if (query.matches(numbered.entry, text)) {
                    newest.offer(numbered);
                }
            }
        } finally {
            lock.readLock().unlock();
        }
        var found = newest.newestFirst();
        Optional<Cursor> next = newest.more()
                ? Optional.of(new Cursor(found.getLast().entry.timeNanos(), found.getLast().place()))
                : Optional.empty();
        return new Page<>(found, next).map(Numbered::entry);
    }

    /** Returns the newest records from a level on that were written at or after a time, the newest first. */
    public List<LogRecord> newest(LogRecord.Level least, long sinceNanos, int limit) {
        lock.readLock().lock();
        try {
            var found = new ArrayList<LogRecord>();
            var newestFirst = records.descendingIterator();
            // Records arrive a little late and not in order, so one old record does not end the search.
            int old = 0;
            while (newestFirst.hasNext() && found.size() < limit && old < LATE_RECORDS) {
                var entry = newestFirst.next().entry;
                if (entry.timeNanos() < sinceNanos) {
                    old++;
                } else if (entry.level().compareTo(least) >= 0) {
                    found.add(entry);
                }
            }
            return found;
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Returns the records of a trace, oldest first, at most {@code limit} of them. */
    public List<LogRecord> ofTrace(TraceId id, int limit) {
        return find(LogQuery.ofTrace(id, limit)).items().reversed();
    }

    public int records() {
        lock.readLock().lock();
        try {
            return records.size();
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Returns the estimated size, which the limit applies to. */
    public long bytes() {
        lock.readLock().lock();
        try {
            return bytes;
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Returns how many records were removed to make room. */
    public long evictedRecords() {
        return evictedRecords.sum();
    }
}
