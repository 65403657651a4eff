package org.debugshop.accounts;

import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;

/** Vert.x contexts: each request has one of its own, and its current span belongs to it. */
final class Contexts {

    private Contexts() {}

    /** Continues on the context of the caller, whatever request the result was made for. */
    static <T> Uni<T> backHere(Uni<T> shared) {
        var here = Vertx.currentContext();
        return here == null ? shared : shared.emitOn(task -> here.runOnContext(_ -> task.run()));
    }
}
