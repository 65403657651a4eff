package org.debugshop.launcher.supervise;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URLDecoder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.debugshop.launcher.instance.Instance;
import org.debugshop.launcher.instance.Release;
import org.debugshop.launcher.topology.Mode;
import org.debugshop.launcher.topology.Service;

/** The commands that a supervising launcher carries out for another {@code ./shop}. */
public record ControlCommands(Instance instance, Supervisor supervisor, ModeChanges modes,
        Canaries canaries) implements ControlSocket.Commands {

    /** Words that may follow the names of services. */
    public static final String OFF = "--off";
    public static final String SUSPEND = "--suspend";
    public static final String PORT = "--port=";

    /** Words of the command {@code canary}. Their values are URL-encoded, because the words of a request are separated by blanks. */
    public static final String PROMOTE = "--promote";
    public static final String ABORT = "--abort";
    public static final String WEIGHT = "--weight=";
    public static final String FROM = "--from=";
    public static final String VARIABLE = "--env=";
    public static final String VERSION = "--version=";

    ControlCommands(Instance instance, Supervisor supervisor, Canaries canaries) {
        this(instance, supervisor, new ModeChanges(instance, supervisor), canaries);
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
            case "canary" -> canary(services.getFirst(), names, answer) ? ControlSocket.OK : ControlSocket.FAILED;
            default -> {
                answer.accept("This launcher does not know '" + command + "'; it may be of an older version.");
                yield ControlSocket.FAILED;
            }
        };
    }

    private boolean canary(Service service, List<String> words, Consumer<String> answer) throws IOException, InterruptedException {
        if (words.contains(PROMOTE)) {
            return canaries.promote(service, answer);
        }
        if (words.contains(ABORT)) {
            return canaries.abort(service, answer);
        }
        var weight = values(words, WEIGHT).mapToInt(Integer::parseInt).findFirst().orElseThrow();
        var version = values(words, VERSION).findFirst();
        if (version.isEmpty()) {
            return canaries.weight(service, weight, answer);
        }
        var environment = new LinkedHashMap<String, String>();
        values(words, VARIABLE).map(pair -> pair.split("=", 2)).forEach(pair -> environment.put(pair[0], pair[1]));
        var from = values(words, FROM).map(Path::of).findFirst().orElse(instance.checkout());
        return canaries.begin(service, weight, new Release(from, environment, version), true, answer);
    }

    private static Stream<String> values(List<String> words, String name) {
        return words.stream().filter(word -> word.startsWith(name)).map(word -> URLDecoder.decode(word.substring(name.length()), UTF_8));
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
