package org.debugshop.systemtests.tooling;

import com.sun.jdi.Bootstrap;
import com.sun.jdi.ReferenceType;
import com.sun.jdi.VMDisconnectedException;
import com.sun.jdi.VirtualMachine;
import com.sun.jdi.connect.IllegalConnectorArgumentsException;
import com.sun.jdi.event.BreakpointEvent;
import com.sun.jdi.event.ClassPrepareEvent;
import com.sun.jdi.request.EventRequest;
import java.io.IOException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.debugshop.testkit.Shop;

/**
 * A debugger that attaches to a service as an IDE does. When it detaches, the service continues.
 *
 * @param stops one permit for each time that the service has reached a breakpoint
 */
record Debugger(VirtualMachine machine, Semaphore stops) implements AutoCloseable {

    static Debugger attach(int port) {
        var socket = Bootstrap.virtualMachineManager().attachingConnectors().stream()
                .filter(connector -> connector.transport().name().equals("dt_socket")).findFirst().orElseThrow();
        var arguments = socket.defaultArguments();
        arguments.get("hostname").setValue("localhost");
        arguments.get("port").setValue(Integer.toString(port));
        try {
            var debugger = new Debugger(socket.attach(arguments), new Semaphore(0));
            Thread.ofPlatform().daemon().name("debugger").start(debugger::listen);
            return debugger;
        } catch (IOException | IllegalConnectorArgumentsException e) {
            throw new AssertionError("No debugger can attach to port " + port, e);
        }
    }

    /** Sets a breakpoint at the start of a method, now or when its class is loaded. A thread that reaches it suspends all threads. */
    void stopIn(String className, String method) {
        var prepared = machine.eventRequestManager().createClassPrepareRequest();
        prepared.addClassFilter(className);
        prepared.putProperty("method", method);
        prepared.enable();
        machine.classesByName(className).forEach(type -> stopIn(type, method));
    }

    private void stopIn(ReferenceType type, String method) {
        var breakpoint = machine.eventRequestManager().createBreakpointRequest(type.methodsByName(method).getFirst().location());
        breakpoint.setSuspendPolicy(EventRequest.SUSPEND_ALL);
        breakpoint.enable();
    }

    /** Returns when the service has reached a breakpoint. */
    void awaitBreakpoint() throws InterruptedException {
        if (!stops.tryAcquire(Shop.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("The service did not reach the breakpoint in time");
        }
    }

    /** Removes all breakpoints and lets the service continue, or start if it was suspended. */
    void goOn() {
        machine.eventRequestManager().deleteAllBreakpoints();
        machine.resume();
    }

    private void listen() {
        try {
            while (true) {
                var events = machine.eventQueue().remove();
                for (var event : events) {
                    switch (event) {
                        case BreakpointEvent _ -> stops.release();
                        case ClassPrepareEvent prepared -> {
                            stopIn(prepared.referenceType(), (String) prepared.request().getProperty("method"));
                            events.resume();
                        }
                        default -> {} // the start of a suspended service, which waits for goOn
                    }
                }
            }
        } catch (VMDisconnectedException detached) {
            // The debugger was detached, so there are no more events.
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        try {
            machine.dispose();
        } catch (VMDisconnectedException gone) {
            // The service was stopped; there is nothing to detach from.
        }
    }
}
