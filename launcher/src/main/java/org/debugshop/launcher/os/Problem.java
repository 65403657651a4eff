package org.debugshop.launcher.os;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Describes exceptions for users. If a file cannot be used, Java's message is often only its path. */
public final class Problem {

    private Problem() {}

    public static String of(Throwable failure) {
        return switch (failure) {
            case AccessDeniedException denied -> "cannot use " + denied.getFile() + ": permission denied" + owner(denied.getFile());
            case NoSuchFileException missing -> "cannot use " + missing.getFile() + ": it is not there";
            case FileSystemException other -> "cannot use " + other.getFile() + ": " + reason(other);
            case UncheckedIOException wrapped -> wrapped.getCause().toString().equals(wrapped.getMessage())
                    ? of(wrapped.getCause())
                    : wrapped.getMessage() + ": " + of(wrapped.getCause());
            default -> failure.getMessage() == null ? failure.toString() : failure.getMessage();
        };
    }

    private static String reason(FileSystemException failure) {
        return failure.getReason() != null ? failure.getReason() : failure.getClass().getSimpleName();
    }

    /** Returns the owner of the file, or of its folder if there is no file, if that is another user. */
    private static String owner(String file) {
        if (file == null) {
            return "";
        }
        var path = Path.of(file).toAbsolutePath();
        while (path.getParent() != null && !Files.exists(path)) {
            path = path.getParent();
        }
        var user = System.getProperty("user.name");
        try {
            var owner = Files.getOwner(path).getName();
            return owner.equals(user) ? "" : "; " + path + " belongs to " + owner + (user.equals("?") ? "" : ", and this is " + user);
        } catch (IOException hidden) {
            return "";
        }
    }
}
