package org.debugshop.defaults.http;

import io.quarkus.arc.profile.IfBuildProfile;
import io.quarkus.dev.console.DevConsoleManager;
import io.quarkus.vertx.http.runtime.VertxHttpRecorder;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/**
 * Holds requests while dev mode reloads the application, and then passes them to the new application. Otherwise Quarkus would send
 * them to the application that it has just stopped. Connections are not kept alive, because Quarkus closes all of them on a reload.
 */
@IfBuildProfile("dev")
@Singleton
class DevModeReload {

    private static final int LOOK_MS = 20;

    private final Vertx vertx;

    DevModeReload(Vertx vertx) {
        this.vertx = vertx;
    }

    /** Registered before Quarkus's own check for changes, which has the same order. */
    void stand(@Observes Router router) {
        router.route().order(Integer.MIN_VALUE).handler(this::admit);
    }

    private void admit(RoutingContext context) {
        context.response().putHeader("Connection", "close");
        if (DevConsoleManager.isDoingHttpInitiatedReload()) {
            hold(context);
        } else {
            context.next();
        }
    }

    private void hold(RoutingContext context) {
        vertx.setTimer(LOOK_MS, _ -> {
            if (DevConsoleManager.isDoingHttpInitiatedReload()) {
                hold(context);
            } else {
                VertxHttpRecorder.getRootHandler().handle(context.request());
            }
        });
    }
}
