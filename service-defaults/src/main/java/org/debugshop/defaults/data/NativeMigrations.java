package org.debugshop.defaults.data;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.FileSystemAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.flywaydb.core.api.Location;
import org.flywaydb.core.api.ResourceProvider;
import org.flywaydb.core.api.resource.LoadableResource;
import org.flywaydb.core.internal.resource.classpath.ClassPathResource;

/**
 * The migrations in a native executable. Flyway finds migrations in folders and jars only, and takes it for a success if it finds
 * none.
 */
final class NativeMigrations implements ResourceProvider {

    private static final URI EXECUTABLE = URI.create("resource:/");
    private static final String FOLDER = "db/migration";

    private final List<LoadableResource> migrations;

    private NativeMigrations(List<LoadableResource> migrations) {
        this.migrations = migrations;
    }

    /**
     * Finds the files of {@code db/migration} in this executable, which has what {@code quarkus.native.resources.includes} names.
     *
     * @throws IllegalStateException if there is none
     */
    static NativeMigrations ofExecutable(ClassLoader loader) {
        try (var executable = FileSystems.newFileSystem(EXECUTABLE, Map.of(), loader)) {
            return of(executable.getPath("/" + FOLDER), loader);
        } catch (FileSystemAlreadyExistsException opened) {
            return of(FileSystems.getFileSystem(EXECUTABLE).getPath("/" + FOLDER), loader);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @param folder {@code db/migration} as the class loader has it */
    static NativeMigrations of(Path folder, ClassLoader loader) {
        var location = Location.fromPath("classpath:", FOLDER);
        try (Stream<Path> files = Files.isDirectory(folder) ? Files.list(folder) : Stream.empty()) {
            var migrations = files.map(file -> FOLDER + "/" + file.getFileName()).sorted()
                    .<LoadableResource>map(path -> new ClassPathResource(location, path, loader, UTF_8)).toList();
            if (migrations.isEmpty()) {
                throw new IllegalStateException("There are no migrations in " + folder);
            }
            return new NativeMigrations(migrations);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public LoadableResource getResource(String name) {
        return migrations.stream().filter(migration -> migration.getRelativePath().equals(name)).findFirst().orElse(null);
    }

    @Override
    public Collection<LoadableResource> getResources(String prefix, String[] suffixes) {
        return migrations.stream()
                .filter(migration -> migration.getFilename().startsWith(prefix)
                        && Stream.of(suffixes).anyMatch(migration.getFilename()::endsWith))
                .toList();
    }
}
