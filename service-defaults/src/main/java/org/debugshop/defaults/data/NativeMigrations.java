package org.debugshop.defaults.data;

import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.FileSystemAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.flywaydb.core.api.ResourceProvider;
import org.flywaydb.core.api.resource.LoadableResource;

/**
 * The migrations in a native executable. Flyway finds migrations in folders and jars only, and takes it for a success if it finds
 * none.
 */
final class NativeMigrations implements ResourceProvider {

    private static final URI EXECUTABLE = URI.create("resource:/");

    private final List<LoadableResource> migrations;

    private NativeMigrations(List<LoadableResource> migrations) {
        this.migrations = migrations;
    }

    /**
     * Reads {@code db/migration} of this executable, which has what {@code quarkus.native.resources.includes} names.
     *
     * @throws IllegalStateException if there is no migration
     */
    static NativeMigrations ofExecutable(ClassLoader loader) {
        try (var executable = FileSystems.newFileSystem(EXECUTABLE, Map.of(), loader)) {
            return of(executable.getPath("/db/migration"));
        } catch (FileSystemAlreadyExistsException opened) {
            return of(FileSystems.getFileSystem(EXECUTABLE).getPath("/db/migration"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static NativeMigrations of(Path folder) {
        var migrations = new ArrayList<LoadableResource>();
        try (Stream<Path> files = Files.isDirectory(folder) ? Files.list(folder) : Stream.empty()) {
            for (var file : files.sorted().toList()) {
                migrations.add(new Migration(file.getFileName().toString(), Files.readString(file)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (migrations.isEmpty()) {
            throw new IllegalStateException("There are no migrations in " + folder);
        }
        return new NativeMigrations(migrations);
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

    private static final class Migration extends LoadableResource {

        private final String name;
        private final String sql;

        Migration(String name, String sql) {
            this.name = name;
            this.sql = sql;
        }

        @Override
        public Reader read() {
            return new StringReader(sql);
        }

        @Override
        public String getAbsolutePath() {
            return "db/migration/" + name;
        }

        @Override
        public String getAbsolutePathOnDisk() {
            return getAbsolutePath();
        }

        @Override
        public String getFilename() {
            return name;
        }

        @Override
        public String getRelativePath() {
            return name;
        }
    }
}
