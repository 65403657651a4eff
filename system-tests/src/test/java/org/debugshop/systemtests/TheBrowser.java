package org.debugshop.systemtests;

import com.microsoft.playwright.assertions.PlaywrightAssertions;
import java.nio.file.Path;
import org.debugshop.testkit.Chromium;
import org.debugshop.testkit.Shop;
import org.debugshop.testkit.Tab;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives each test that asks for a {@link Tab} one of its own, with empty storage. The tests of a class share a browser; those of other
 * classes have another, since they may run in another thread, and Playwright's objects belong to a single one. A test fails too when its page complained: an error in the browser's console, what the Content-Security-Policy forbids, an
 * exception in a script, a request to another machine. A failed test leaves a picture of the page and what the browser logged in
 * {@code target/browser}.
 */
public final class TheBrowser implements ParameterResolver, AfterTestExecutionCallback, AfterEachCallback {

    private static final ExtensionContext.Namespace HERE = ExtensionContext.Namespace.create(TheBrowser.class);
    private static final Path LEFT_BEHIND = Path.of(System.getProperty("basedir", ""), "target", "browser");

    /** One try for all tests of a class, whatever comes of it: getting a browser may take a while, failing to get one too. */
    private record Start(Chromium chromium, Throwable failure) implements AutoCloseable {

        static Start tried() {
            PlaywrightAssertions.setDefaultAssertionTimeout(Shop.PATIENCE.toMillis());
            try {
                return new Start(Chromium.start(), null);
            } catch (RuntimeException | Error failure) {
                return new Start(null, failure);
            }
        }

        Chromium orElseThrow() {
            if (failure != null) {
                throw new AssertionError(failure.getMessage(), failure);
            }
            return chromium;
        }

        @Override
        public void close() {
            if (chromium != null) {
                chromium.close();
            }
        }
    }

    private static Chromium chromium(ExtensionContext context) {
        return classOf(context).getStore(HERE).computeIfAbsent(Start.class, _ -> Start.tried(), Start.class).orElseThrow();
    }

    private static ExtensionContext classOf(ExtensionContext context) {
        var outer = context;
        while (outer.getParent().filter(parent -> parent.getTestClass().isPresent()).isPresent()) {
            outer = outer.getParent().get();
        }
        return outer;
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Tab.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getStore(HERE).computeIfAbsent(Tab.class, _ -> Tab.in(chromium(context).browser()), Tab.class);
    }

    @Override
    public void afterTestExecution(ExtensionContext context) {
        var tab = context.getStore(HERE).get(Tab.class, Tab.class);
        if (tab == null) {
            return;
        }
        var complaints = tab.complaints();
        if (context.getExecutionException().isPresent() || !complaints.isEmpty()) {
            var name = context.getRequiredTestClass().getSimpleName() + "." + context.getDisplayName().replaceAll("[^\\w.-]+", "_");
            tab.leave(LEFT_BEHIND, name);
            System.out.println("What the page looked like is in " + LEFT_BEHIND.resolve(name) + ".png, what the browser logged beside it");
        }
        if (context.getExecutionException().isEmpty() && !complaints.isEmpty()) {
            throw new AssertionError("The page complained: " + String.join("\n", complaints));
        }
    }

    @Override
    public void afterEach(ExtensionContext context) {
        var tab = context.getStore(HERE).remove(Tab.class, Tab.class);
        if (tab != null) {
            tab.close();
        }
    }
}
