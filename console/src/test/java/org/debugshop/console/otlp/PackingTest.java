package org.debugshop.console.otlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import org.junit.jupiter.api.Test;

class PackingTest {

    @Test
    void shouldReportThatZstdIsNotAvailableIfItsLibraryCannotBeLoaded() throws Exception {
        var packing = new WithoutZstd().loadClass(Packing.class.getName());
        var unpack = packing.getDeclaredMethod("unpack", byte[].class);
        unpack.setAccessible(true);

        var failure = catchThrowableOfType(InvocationTargetException.class,
                () -> unpack.invoke(packing.getEnumConstants()[Packing.ZSTD.ordinal()], new byte[4]));

        assertThat(failure.getCause()).isInstanceOf(IOException.class).hasMessage("zstd is not available here");
    }

    /** Loads the receiver's classes again, without zstd-jni. */
    private static final class WithoutZstd extends ClassLoader {

        WithoutZstd() {
            super(PackingTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.startsWith("com.github.luben.zstd.")) {
                throw new ClassNotFoundException(name);
            }
            if (!name.startsWith(Packing.class.getPackageName())) {
                return super.loadClass(name, resolve);
            }
            var loaded = findLoadedClass(name);
            if (loaded != null) {
                return loaded;
            }
            try (var file = getResourceAsStream(name.replace('.', '/') + ".class")) {
                byte[] code = file.readAllBytes();
                return defineClass(name, code, 0, code.length);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
