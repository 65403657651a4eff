package org.debugshop.systemtests;

import static org.debugshop.testkit.Service.LOAD_GENERATOR;
import static org.debugshop.testkit.Service.LOAD_GENERATOR_INSTABOOK;

import java.net.URI;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.debugshop.testkit.Http;
import org.debugshop.testkit.OwnShop;
import org.debugshop.testkit.Service;
import org.debugshop.testkit.Shop;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestWatcher;

/**
 * Gives the tests the whole system, load included, as a {@link Shop}: started with the first class that asks for it, stopped after the
 * last. When a test fails, its output has what ran and what was logged.
 *
 * <p>With {@code -Dport-offset=N} the tests use the instance that runs there, and leave it running. With {@code -Dagainst=URL}, which
 * {@code ./shop test --against} sets, they use the system whose gateway is there, however it was started; those that need no more than
 * its ports are tagged {@link #ANYWHERE}.
 */
public final class TheSystem implements BeforeAllCallback, ParameterResolver, TestWatcher {

    private static final ExtensionContext.Namespace HERE = ExtensionContext.Namespace.create(TheSystem.class);

    public static final String ANYWHERE = "anywhere";
    /** What needs {@code ./shop} besides, in a class that else does not. */
    public static final String WITH_LAUNCHER = "with-launcher";

    private static final Optional<URI> AGAINST = Optional.of(System.getProperty("against", "")).filter(url -> !url.isBlank())
            .map(URI::create);

    /** One failure often brings others with it. */
    private static final int TELL_AT_MOST = 3;
    private static final AtomicInteger told = new AtomicInteger();

    private static final int WARM = 20;

    /** @param own empty when the instance is not ours to stop */
    private record Running(Shop shop, Optional<OwnShop> own) implements AutoCloseable {

        static Running start() {
            var given = System.getProperty("port-offset", "");
            if (!given.isEmpty()) {
                var shop = new Shop(Shop.thisCheckout(), Integer.parseInt(given));
                if (shop.run("status").code() != 0) {
                    throw new AssertionError("Not everything is ready at port offset " + given + ": " + shop.run("status").all());
                }
                return new Running(shop, Optional.empty());
            }
            if (AGAINST.isPresent()) {
                var shop = Shop.at(AGAINST.get());
                for (var service : Service.values()) {
                    if (!Http.isReady(shop.url(service))) {
                        throw new AssertionError(service + " is not ready at " + shop.url(service));
                    }
                }
                return new Running(shop, Optional.empty());
            }
            var own = OwnShop.start();
            try {
                // A service's first answers are slow, on a busy machine slower than its caller waits. The tests begin after them.
                own.shop().awaitSuccesses(LOAD_GENERATOR, WARM);
                own.shop().awaitSuccesses(LOAD_GENERATOR_INSTABOOK, WARM);
            } catch (RuntimeException failure) {
                own.close();
                throw failure;
            }
            return new Running(own.shop(), Optional.of(own));
        }

        @Override
        public void close() {
            own.ifPresent(OwnShop::close);
        }
    }

    private static Shop shop(ExtensionContext context) {
        return context.getRoot().getStore(HERE).computeIfAbsent(Running.class, _ -> Running.start(), Running.class).shop();
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        shop(context);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Shop.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return shop(context);
    }

    @Override
    public void testFailed(ExtensionContext context, Throwable cause) {
        if (AGAINST.isPresent() || told.incrementAndGet() > TELL_AT_MOST) {
            return;
        }
        var shop = shop(context);
        System.out.printf("%s failed. What runs:%n%s%nThe last lines of the logs:%n%s%n",
                context.getDisplayName(), shop.run("status").out(), shop.run("logs", "-n", "12").out());
    }
}
