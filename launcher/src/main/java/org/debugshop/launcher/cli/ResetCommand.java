package org.debugshop.launcher.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.debugshop.launcher.instance.Instance;
import org.debugshop.launcher.instance.InstanceLock;
import org.debugshop.launcher.instance.Leftovers;
import org.debugshop.launcher.os.Directories;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "reset", description = {"Remove the data of an instance: orders, events and stock",
        "",
        "Asks for confirmation. At the next start PostgreSQL and Kafka are empty, and the stock has its initial quantities. Stop the instance "
                + "before.",
        ""}, footer = {"", "Examples:",
                "  ./shop down && ./shop reset",
                "  ./shop reset --yes --port-offset 100"}, exitCodeList = {"0:the data are removed, or there were none",
                        "1:the answer was no, or the instance is up"})
final class ResetCommand implements Callable<Integer> {

    @Mixin
    private InstanceOptions common;

    @Option(names = {"-y", "--yes"}, description = "Do not ask.")
    private boolean yes;

    @Override
    public Integer call() throws IOException {
        var instance = common.instance();
        var held = InstanceLock.tryAcquire(instance);
        if (held.isEmpty()) {
            System.err.println("shop: Not reset: this instance is up. ./shop down" + common.repeated() + " comes first.");
            return Shop.FAILED;
        }
        try (var _ = held.get()) {
            var left = Leftovers.of(instance);
            if (!left.isEmpty()) {
                System.err.println(
                        "shop: Not reset: " + Leftovers.names(left) + " still runs. ./shop down" + common.repeated() + " comes first.");
                return Shop.FAILED;
            }
            var data = data(instance);
            if (data.isEmpty()) {
                System.out.println("There are no data.");
                return Shop.OK;
            }
            if (!yes && !isConfirmed(instance, data)) {
                return Shop.FAILED;
            }
            for (var folder : data) {
                Directories.remove(folder);
            }
            System.out.println("Removed.");
            return Shop.OK;
        }
    }

    private static List<Path> data(Instance instance) {
        return instance.topology().services().stream()
                .filter(service -> service.kind().isEngine())
                .map(service -> instance.data(service.name()))
                .filter(Files::exists)
                .toList();
    }

    private static boolean isConfirmed(Instance instance, List<Path> data) {
        var console = System.console();
        if (console == null || !console.isTerminal()) {
            System.err.println("shop: Not reset: without a terminal there can be no confirmation. --yes confirms it.");
            return false;
        }
        var folders = String.join(" and ", data.stream().map(folder -> instance.checkout().relativize(folder).toString()).toList());
        var answer = console.readLine("Remove all orders, events and stock of this instance (%s)? [y/N] ", folders);
        if (answer == null || !answer.strip().toLowerCase(Locale.ROOT).matches("y|yes")) {
            System.out.println("Nothing was removed.");
            return false;
        }
        return true;
    }
}
