package org.debugshop.launcher;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** What a supervising launcher does when another {@code ./shop} asks for it. */
record Requests(Instance instance, Supervisor supervisor) implements Control.Commands {

    @Override
    public int run(String command, List<String> names, Consumer<String> answer) throws IOException, InterruptedException {
        var services = names.stream().map(instance.topology()::find).flatMap(Optional::stream).toList();
        return switch (command) {
            case "down" -> {
                supervisor.requestStop();
                supervisor.awaitEnd();
                yield Shop.OK;
            }
            case "stop" -> {
                supervisor.stop(services, answer);
                yield Shop.OK;
            }
            case "start" -> supervisor.start(services, answer) ? Shop.OK : Shop.FAILED;
            case "restart" -> {
                supervisor.stop(services, answer);
                yield supervisor.start(services, answer) ? Shop.OK : Shop.FAILED;
            }
            default -> {
                answer.accept("This launcher does not know '" + command + "'; it may be of an older version.");
                yield Shop.FAILED;
            }
        };
    }
}
