package org.debugshop.launcher.instance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Predicate;

/**
 * The user that PostgreSQL runs as, because it refuses to run as root. If root starts it, at least one of these is usually possible:
 * <ul>
 * <li>the user that owns the data already;</li>
 * <li>an unnamed user, in a user namespace of its own (user_namespaces(7)), in which the files stay root's. Containers usually
 * forbid it;</li>
 * <li>{@code nobody}, which becomes the owner of the data and may pass through root's folders as root may (capabilities(7),
 * CAP_DAC_OVERRIDE).</li>
 * </ul>
 *
 * @param prefix the words to put before a command, so that it runs as that user; empty for the user who started the launcher
 * @param owner the uid that must own the data; empty if the owner does not change
 */
record PostgresUser(List<String> prefix, OptionalInt owner) {

    private static final List<String> NAMESPACE = List.of("unshare", "-U");
    private static final String UID = "unix:uid";
    private static final int ROOT = 0;
    private static final int NOBODY = 65_534;
    private static final String INSTEAD = " Start ./shop as another user, or ./shop up --memory does without PostgreSQL.";

    /** @param name the user's name in Java: {@code ?} if the uid has no name */
    record Starter(String name, boolean linux) {
        boolean isRoot() {
            return name.equals("root");
        }

        boolean isUnknown() {
            return name.equals("?");
        }

        static Starter current() {
            return new Starter(System.getProperty("user.name", "?"), System.getProperty("os.name").equals("Linux"));
        }
    }

    /**
     * Chooses the user for a server with these data, which may not exist yet.
     *
     * @throws IOException with a message for the user, if the server cannot run as any user
     */
    static PostgresUser of(Path data) throws IOException {
        return choose(Starter.current(), ownerOf(data), prefix -> works(prefix));
    }

    static PostgresUser choose(Starter starter, OptionalInt ownerOfData, Predicate<List<String>> works) throws IOException {
        if (!starter.isRoot()) {
            if (!starter.isUnknown() || ownerOfData.isPresent()) {
                return new PostgresUser(List.of(), OptionalInt.empty());
            }
            // Only initdb wants the user's name; in the namespace it is {@code nobody}.
            if (starter.linux() && works.test(NAMESPACE)) {
                return new PostgresUser(NAMESPACE, OptionalInt.empty());
            }
            throw new IOException("The uid of this user has no name in /etc/passwd, and PostgreSQL makes no data for somebody without."
                    + INSTEAD);
        }
        var candidates = new ArrayList<PostgresUser>();
        if (ownerOfData.isPresent() && ownerOfData.getAsInt() != ROOT) {
            candidates.add(as(ownerOfData.getAsInt()));
        }
        candidates.add(new PostgresUser(NAMESPACE, OptionalInt.of(ROOT)));
        candidates.add(as(NOBODY));
        return candidates.stream()
                .filter(candidate -> starter.linux() && works.test(candidate.prefix()))
                .findFirst()
                .orElseThrow(() -> new IOException("PostgreSQL refuses to run as root, and neither unshare(1) nor setpriv(1) can make it "
                        + "somebody else here." + INSTEAD));
    }

    private static PostgresUser as(int uid) {
        return new PostgresUser(List.of("setpriv", "--reuid=" + uid, "--regid=" + uid, "--clear-groups", "--inh-caps=+dac_override",
                "--ambient-caps=+dac_override"), OptionalInt.of(uid));
    }

    private static OptionalInt ownerOf(Path data) throws IOException {
        return Files.exists(data) ? OptionalInt.of((int) Files.getAttribute(data, UID)) : OptionalInt.empty();
    }

    private static boolean works(List<String> prefix) {
        var command = new ArrayList<>(prefix);
        command.add("true");
        try {
            return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start()
                    .waitFor() == 0;
        } catch (IOException missing) {
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /**
     * Makes this user the owner of the data, if they exist and belong to another user. The folder is changed last, so that an interrupted
     * change is repeated.
     */
    void own(Path data) throws IOException {
        if (owner.isEmpty() || ownerOf(data).equals(owner) || !Files.exists(data)) {
            return;
        }
        try (var files = Files.walk(data)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.setAttribute(file, UID, owner.getAsInt(), LinkOption.NOFOLLOW_LINKS);
            }
        }
    }
}
