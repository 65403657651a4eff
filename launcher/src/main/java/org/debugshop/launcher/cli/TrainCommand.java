package org.debugshop.launcher.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.Callable;
import org.debugshop.launcher.console.FaultView;
import org.debugshop.launcher.console.Trace;
import org.debugshop.launcher.console.TraceTree;
import org.debugshop.launcher.instance.Instance;
import org.debugshop.launcher.instance.State;
import org.debugshop.launcher.os.OsProcess;
import org.debugshop.launcher.supervise.ControlSocket;
import org.debugshop.launcher.terminal.LogLine;
import org.debugshop.launcher.terminal.Terminal;
import org.debugshop.launcher.topology.Topology;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * Does once what the quick commands do, for the JVM to write down which classes that takes (its AOT cache, JEP 514); {@code ./shop}
 * runs it after it has built the launcher.
 */
@Command(name = "train", hidden = true)
final class TrainCommand implements Callable<Integer> {

    private static final String TRACE = """
            {"trace_id":"1","spans":[{"span_id":"1","service":"a","name":"b","kind":"SERVER","status":"ERROR","start":"2026-01-01T00:00:00Z",
            "duration_us":1,"attributes":{"http.response.status_code":500}}],"origin":{"span_id":"1","reason":"r","sentence":"s"},
            "logs":[{"service":"a","level":"WARN","message":"m","span_id":"1"}]}""";

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        var checkout = Files.createTempDirectory("shop-train");
        var instance = new Instance(checkout, 0, Topology.DEBUG_SHOP);
        try {
            Files.createDirectories(instance.directory());
            var self = OsProcess.of(ProcessHandle.current().pid(), Shop.checkout(spec).marker());
            var entries = instance.topology().services().stream()
                    .map(service -> new State.Entry(service.name(), State.Condition.READY, service.port(), self, 1, 0, "")).toList();
            new State(self, 1, Instance.DEFAULT_HOST, State.Phase.UP, "", entries, Topology.OTLP_PORT, "").write(instance);
            StatusCommand.show(instance, true);
            StatusCommand.show(instance, false);
            ControlSocket.send(instance, "status", List.of(), System.out::println);
            System.out.println(
                    LogLine.parse("{\"timestamp\":\"2026-01-01T00:00:00Z\",\"level\":\"INFO\",\"message\":\"m\",\"f\":1}").plain());
            System.out.println(FaultView.all());
            new TraceTree(Trace.parse(new ByteArrayInputStream(TRACE.getBytes(UTF_8))), new Terminal(true, true, 80, 24), false).lines()
                    .forEach(System.out::println);
            System.out.println(spec.root().commandLine().getUsageMessage(Help.Ansi.OFF));
            return Shop.OK;
        } finally {
            Files.deleteIfExists(State.file(instance));
            Files.deleteIfExists(instance.directory());
            Files.deleteIfExists(instance.directory().getParent());
            Files.deleteIfExists(checkout);
        }
    }
}
