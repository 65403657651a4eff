package org.debugshop.launcher.os;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * Replaces the JVM's handlers of SIGINT, SIGTERM and SIGHUP. A shutdown hook is not enough, because while it runs, a second Ctrl-C has no
 * effect. The JDK has only {@code sun.misc.Signal}. It is called by reflection, because javac warns about its use.
 */
public final class Signals {

    private static final List<String> ENDING = List.of("HUP", "INT", "TERM");

    private Signals() {}

    /** @param handler takes the number of the signal: 1, 2 or 15 */
    public static void onEnding(IntConsumer handler) {
        try {
            var signal = Class.forName("sun.misc.Signal");
            var signalHandler = Class.forName("sun.misc.SignalHandler");
            var number = signal.getMethod("getNumber");
            var type = new Class<?>[]{signalHandler};
            var proxy = Proxy.newProxyInstance(Signals.class.getClassLoader(), type, (self, method, arguments) -> {
                switch (method.getName()) {
                    case "handle" -> handler.accept((int) number.invoke(arguments[0]));
                    case "hashCode" -> {
                        return System.identityHashCode(self);
                    }
                    case "equals" -> {
                        return self == arguments[0];
                    }
                    default -> {}
                }
                return null;
            });
            for (var name : ENDING) {
                var ending = signal.getConstructor(String.class).newInstance(name);
                signal.getMethod("handle", signal, signalHandler).invoke(null, ending, proxy);
            }
        } catch (ReflectiveOperationException unsupported) {
            throw new IllegalStateException("This JVM does not let a program handle signals", unsupported);
        }
    }
}
