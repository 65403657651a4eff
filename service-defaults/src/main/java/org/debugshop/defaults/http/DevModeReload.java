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
 * Holds the requests that come while dev mode reloads the application for one of them, and then gives them to the new one. Quarkus itself
 * would send them to the application that it has just stopped, and close all connections that others are kept on: so none is kept.
 */
@IfBuildProfile("dev")
@Singleton
class DevModeReload {

    private static final int LOOK_MS = 20;

    private final Vertx vertx;

    DevModeReload(Vertx vertx) {
        this.vertx = vertx;
    }

    /** Before Quarkus's own look for changes, which has this order too, and comes later. */
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
