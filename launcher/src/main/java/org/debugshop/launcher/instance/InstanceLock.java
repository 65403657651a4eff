package org.debugshop.launcher.instance;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** A lock on a file, which the system gives back when the process ends in whatever way. */
public record InstanceLock(FileChannel channel) implements AutoCloseable {

    /** The right to run an instance; empty when another process has it. */
    public static Optional<InstanceLock> tryAcquire(Instance instance) throws IOException {
        var channel = open(file(instance));
        if (channel.tryLock() == null) {
            channel.close();
            return Optional.empty();
        }
        channel.truncate(0).write(StandardCharsets.US_ASCII.encode(Long.toString(ProcessHandle.current().pid())));
        return Optional.of(new InstanceLock(channel));
    }

    /** Who has the right to run an instance, in words for the user; empty when nobody has. */
    public static Optional<String> holder(Instance instance) throws IOException {
        if (!Files.exists(file(instance))) {
            return Optional.empty();
        }
        try (var channel = open(file(instance)); var free = channel.tryLock()) {
            return free != null ? Optional.empty() : Optional.of("pid " + Files.readString(file(instance)));
        }
    }

    /** The right to build in a checkout; {@code whenBusy} runs before it waits for another process's build. */
    public static InstanceLock acquireForBuild(Path checkout, Runnable whenBusy) throws IOException {
        var channel = open(checkout.resolve(".shop/build.lock"));
        if (channel.tryLock() == null) {
            whenBusy.run();
            channel.lock();
        }
        return new InstanceLock(channel);
    }

    /** As {@link #acquireForBuild}, without waiting; empty when another process builds. */
    public static Optional<InstanceLock> tryAcquireForBuild(Path checkout) throws IOException {
        var channel = open(checkout.resolve(".shop/build.lock"));
        if (channel.tryLock() == null) {
            channel.close();
            return Optional.empty();
        }
        return Optional.of(new InstanceLock(channel));
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
