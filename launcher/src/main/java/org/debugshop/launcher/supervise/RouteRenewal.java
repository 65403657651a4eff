package org.debugshop.launcher.supervise;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.debugshop.launcher.console.ConsoleClient;
import org.debugshop.launcher.console.ConsoleClient.Refusal;
import org.debugshop.launcher.console.RouteView;

/** A route that is renewed until it is closed. */
public final class RouteRenewal implements AutoCloseable {

    private static final Duration PAUSE = Duration.ofMillis(2_500);

    private final ConsoleClient console;
    private final RouteView.Wanted route;
    private final RouteView first;
    private final Consumer<String> report;
    private final Thread renewing;
    private volatile String lost;

    private RouteRenewal(ConsoleClient console, RouteView.Wanted route, RouteView first, Consumer<String> report) {
        this.console = console;
        this.route = route;
        this.first = first;
        this.report = report;
        this.renewing = Thread.ofVirtual().name("route").unstarted(this::renewUntilInterrupted);
    }

    /** Makes the route. @param report takes a sentence about each change of its state */
    public static RouteRenewal begin(ConsoleClient console, RouteView.Wanted route, Consumer<String> report) throws IOException {
        var renewal = new RouteRenewal(console, route, console.put(route), report);
        renewal.renewing.start();
        return renewal;
    }

    /** Returns the route as it was when it began. */
    public RouteView first() {
        return first;
    }

    /** Returns why the console does not renew the route any more; empty if it does, or if it does not answer. */
    public Optional<String> lost() {
        return Optional.ofNullable(lost);
    }

    private void renewUntilInterrupted() {
        var answers = true;
        try {
            while (lost == null) {
                Thread.sleep(PAUSE);
                try {
                    console.put(route);
                    if (!answers) {
                        report.accept("The console answers again, and so the requests are routed again.");
                    }
                    answers = true;
                } catch (Refusal refusal) {
                    if (!refusal.isAbsence()) {
                        lost = refusal.getMessage();
                    } else if (answers) {
                        report.accept(refusal.getMessage() + " Until it does, the packaged service gets all requests.");
                        answers = false;
                    }
                } catch (IOException unexpected) {
                    lost = unexpected.getMessage();
                }
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends the route. If the console does not answer, the route ends by itself. */
    @Override
    public void close() {
        try {
            renewing.interrupt();
            renewing.join();
            console.removeRoute(route.id());
        } catch (IOException absent) {
            // then its lease ends
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
