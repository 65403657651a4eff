package org.debugshop.launcher.instance;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * A lock on a file, or on a byte of it. The operating system releases it when the process ends for any reason.
 *
 * <p>An instance has two locks: byte 0 is the right to supervise it, and byte 1 the right to start it. {@code ./shop up} takes both. With
 * {@code -d} it hands over the first to a background process, and keeps the second until everything is ready, so that no other
 * {@code ./shop} can start the instance in between.
 *
 * @param lock the lock on the whole file, or on the byte that is released first
 */
public record InstanceLock(FileChannel channel, FileLock lock) implements AutoCloseable {

    private static final int SUPERVISION = 0;
    private static final int START = 1;

    /** Takes the rights to start and to supervise an instance. Empty if another process has one of them. */
    public static Optional<InstanceLock> tryAcquire(Instance instance) throws IOException {
        var channel = open(file(instance));
        // In this order: a process without the right to start must not take the supervision, even briefly, from the background process.
        if (tryLock(channel, START) == null) {
            channel.close();
            return Optional.empty();
        }
        return supervision(channel);
    }

    /** Takes the right to supervise, which {@link #handOverSupervision} has left to this process. Empty if another process has it. */
    public static Optional<InstanceLock> tryAcquireSupervision(Instance instance) throws IOException {
        return supervision(open(file(instance)));
    }

    private static Optional<InstanceLock> supervision(FileChannel channel) throws IOException {
        var lock = tryLock(channel, SUPERVISION);
        if (lock == null) {
            channel.close();
            return Optional.empty();
        }
        channel.truncate(0).write(StandardCharsets.US_ASCII.encode(Long.toString(ProcessHandle.current().pid())));
        return Optional.of(new InstanceLock(channel, lock));
    }

    private static FileLock tryLock(FileChannel channel, int position) throws IOException {
        return channel.tryLock(position, 1, false);
    }

    /** Releases the right to supervise for another process. This process keeps the right to start until it closes the lock. */
    public void handOverSupervision() throws IOException {
        lock.release();
    }

    /** Describes the process that starts or supervises the instance, for the user. Empty if there is none. */
    public static Optional<String> holder(Instance instance) throws IOException {
        if (!Files.exists(file(instance))) {
            return Optional.empty();
        }
        try (var channel = open(file(instance)); var free = channel.tryLock()) {
            return free != null ? Optional.empty() : Optional.of("pid " + Files.readString(file(instance)));
        }
    }

    /** Takes the right to build in a checkout. Calls {@code whenBusy} before it waits for the build of another process. */
    public static InstanceLock acquireForBuild(Path checkout, Runnable whenBusy) throws IOException {
        return acquire(checkout.resolve(".shop/build.lock"), whenBusy);
    }

    /** Takes the right to make AOT caches in a checkout. Calls {@code whenBusy} before it waits for another process that makes them. */
    public static InstanceLock acquireForTraining(Path checkout, Runnable whenBusy) throws IOException {
        return acquire(trainingLock(checkout), whenBusy);
    }

    /** Like {@link #acquireForTraining}, but does not wait. Empty if another process makes caches. */
    public static Optional<InstanceLock> tryAcquireForTraining(Path checkout) throws IOException {
        var channel = open(trainingLock(checkout));
        var lock = channel.tryLock();
        if (lock == null) {
            channel.close();
            return Optional.empty();
        }
        return Optional.of(new InstanceLock(channel, lock));
    }

    private static Path trainingLock(Path checkout) {
        return checkout.resolve(".shop/training.lock");
    }

    private static InstanceLock acquire(Path file, Runnable whenBusy) throws IOException {
        var channel = open(file);
        var lock = channel.tryLock();
        if (lock == null) {
            whenBusy.run();
            lock = channel.lock();
        }
        return new InstanceLock(channel, lock);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private static Path file(Instance instance) {
        return instance.directory().resolve("lock");
    }

    private static FileChannel open(Path path) throws IOException {
        Files.createDirectories(path.getParent());
        return FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }
}
