package org.debugshop.launcher.supervise;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.debugshop.launcher.instance.Instance;
import org.debugshop.launcher.topology.Mode;
import org.debugshop.launcher.topology.Service;

/** The commands that a supervising launcher carries out for another {@code ./shop}. */
public record ControlCommands(Instance instance, Supervisor supervisor, ModeChanges modes) implements ControlSocket.Commands {

    /** Words that may follow the names of services. */
    public static final String OFF = "--off";
    public static final String SUSPEND = "--suspend";
    public static final String PORT = "--port=";

    ControlCommands(Instance instance, Supervisor supervisor) {
        this(instance, supervisor, new ModeChanges(instance, supervisor));
    }

    @Override
    public int run(String command, List<String> names, Consumer<String> answer) throws IOException, InterruptedException {
        var services = names.stream().map(instance.topology()::find).flatMap(Optional::stream).toList();
        return switch (command) {
            case "down" -> {
                supervisor.requestStop();
                supervisor.awaitEnd();
                yield ControlSocket.OK;
            }
            case "stop" -> {
                supervisor.stop(services, answer);
                yield ControlSocket.OK;
            }
            case "start" -> supervisor.start(services, answer) ? ControlSocket.OK : ControlSocket.FAILED;
            case "restart" -> {
                supervisor.stop(services, answer);
                yield supervisor.start(services, answer) ? ControlSocket.OK : ControlSocket.FAILED;
            }
            case "debug", "dev" -> changeMode(command, services.getFirst(), names, answer) ? ControlSocket.OK : ControlSocket.FAILED;
            default -> {
                answer.accept("This launcher does not know '" + command + "'; it may be of an older version.");
                yield ControlSocket.FAILED;
            }
        };
    }

    private boolean changeMode(String command, Service service, List<String> words, Consumer<String> answer)
            throws IOException, InterruptedException {
        var off = words.contains(OFF);
        if (command.equals("dev")) {
            return off ? modes.off(service, Mode.Kind.DEV, answer) : modes.dev(service, answer);
        }
        var port = words.stream().filter(word -> word.startsWith(PORT)).mapToInt(word -> Integer.parseInt(word.substring(PORT.length())))
                .findFirst();
        return off ? modes.off(service, Mode.Kind.DEBUG, answer) : modes.debug(service, port, words.contains(SUSPEND), answer);
    }
}
