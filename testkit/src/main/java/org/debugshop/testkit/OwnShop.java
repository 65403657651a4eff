package org.debugshop.testkit;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A copy of the system for tests, on its own ports. It leaves no process, port or file behind.
 *
 * <p>A shell script stops the system and deletes its files. It starts with the copy, and waits until its standard input ends. This JVM
 * holds the other end of that pipe, so the input ends when {@link #close} is called, and also when the JVM ends for any other reason,
 * even {@code kill -9}.
 */
public record OwnShop(Shop shop, PortBlock ports, Process cleaner) implements AutoCloseable {

    /** Callers wait for services that have just started, reload their code, or are at a breakpoint. */
    public static final Map<String, String> PATIENT = Map.of("UPSTREAM_TIMEOUT", "60s");

    private static final int PATIENCE_SECONDS = 120;

    /** Reserves the ports and starts the cleaner, but no service. */
    public static OwnShop prepare() {
        return prepare(Shop.thisCheckout());
    }

    public static OwnShop prepare(Path checkout) {
        return prepare(checkout, Map.of());
    }

    public static OwnShop prepare(Path checkout, Map<String, String> environment) {
        var ports = PortBlock.take();
        var shop = new Shop(checkout, ports.offset(), environment);
        try {
            var cleaner = new ProcessBuilder("/bin/sh", "-c",
                    "trap '' HUP INT TERM; cat >/dev/null; ./shop down --port-offset \"$1\"; rm -rf \"$2\"",
                    "sh", Integer.toString(ports.offset()), shop.files().toString())
                    .directory(checkout.toFile())
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return new OwnShop(shop, ports, cleaner);
        } catch (IOException e) {
            ports.close();
            throw new AssertionError(e);
        }
    }

    /** Starts a copy, and returns when all its services are ready. */
    public static OwnShop start(String... options) {
        return start(Map.of(), options);
    }

    /**
     * Starts a copy, and returns when all its services are ready.
     *
     * @param environment additional variables for {@code ./shop}
     */
    public static OwnShop start(Map<String, String> environment, String... options) {
        var own = prepare(Shop.thisCheckout(), environment);
        try {
            own.up(options);
            return own;
        } catch (AssertionError failure) {
            own.close();
            throw failure;
        }
    }

    /** Starts its services, and makes no AOT caches beside them. */
    public Shop.Outcome up(String... options) {
        var up = shop.run("up", Stream.concat(Stream.of("-d", "--no-training"), Stream.of(options)).toArray(String[]::new));
        if (up.code() != 0) {
            throw new AssertionError("./shop up failed: " + up.all());
        }
        return up;
    }

    @Override
    public void close() {
        try (ports) {
            cleaner.outputWriter().close();
            if (!cleaner.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("The system at port offset " + shop.offset() + " did not stop in time");
            }
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
