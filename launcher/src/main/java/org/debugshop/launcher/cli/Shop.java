package org.debugshop.launcher.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.debugshop.launcher.os.Problem;
import org.debugshop.launcher.supervise.ControlSocket;
import org.debugshop.launcher.topology.Checkout;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line of {@code ./shop}. */
@Command(name = "./shop", description = {"Runs the whole Debug Shop on this machine: a microservice shop to be broken, traced and fixed.",
        ""}, synopsisSubcommandLabel = "COMMAND", commandListHeading = "", mixinStandardHelpOptions = true, versionProvider = Shop.Version.class, subcommands = {
                UpCommand.class, DownCommand.class, StatusCommand.class, LogsCommand.class,
                ResetCommand.class, ServiceCommand.Start.class, ServiceCommand.Stop.class, ServiceCommand.Restart.class,
                FailureCommand.Break.class, FailureCommand.Heal.class, FailuresCommand.class, IncidentCommand.class, WhyCommand.class,
                TraceCommand.class,
                EventsCommand.class,
                CompletionCommand.class, DebugCommand.class, DevCommand.class, InterceptCommand.class, CanaryCommand.class,
                TestCommand.class, PackageCommand.class, BenchCommand.class, ChaosCommand.class, VerifyCommand.class, GenerateCommand.class,
                TrainCommand.class,
                DeployCommand.class,
                HelpCommand.class}, footer = {
                        "",
                        "Examples:",
                        "  ./shop up                      build what changed, start everything, Ctrl-C stops it",
                        "  ./shop up -d --port-offset 100 a second copy in the background, on port 8180 and others", "",
                        "The files of an instance (state, logs, data) are in .shop/<port offset>/."}, exitCodeList = {"0:done",
                                "1:failed, the message says why (for status: not everything is ready)", Shop.WRONG, Shop.ENDED})
public final class Shop implements Runnable {

    static final int OK = ControlSocket.OK;
    static final int FAILED = ControlSocket.FAILED;

    /** Exit codes of several commands, as picocli lists them in a help. */
    static final String WRONG = CommandLine.ExitCode.USAGE + ":the command line is wrong";
    static final String ENDED = "129,130,143:ended by a closed terminal, by Ctrl-C, by a kill";

    /** The groups of commands in the help. */
    static final Map<String, List<String>> GROUPS = groups();

    private final Checkout checkout;

    @CommandLine.Spec
    private CommandSpec spec;

    Shop(Checkout checkout) {
        this.checkout = checkout;
    }

    /** Runs a command and ends the JVM with its exit code. */
    public static void main(String... arguments) {
        System.exit(commandLine(Checkout.current()).execute(arguments));
    }

    /** Returns the command line with all its commands. */
    static CommandLine commandLine(Checkout checkout) {
        var shop = new CommandLine(new Shop(checkout));
        shop.setUsageHelpWidth(100);
        shop.setUsageHelpLongOptionsMaxWidth(28);
        Stream.concat(Stream.of(shop), shop.getSubcommands().values().stream())
                .forEach(command -> command.getCommandSpec().usageMessage().exitCodeListHeading("%nExit codes:%n"));
        shop.getSubcommands().get("help").getCommandSpec().usageMessage().description("Explain a command: ./shop help up");
        shop.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST, Shop::groupedCommands);
        shop.setParameterExceptionHandler(Shop::refuse);
        shop.setExecutionExceptionHandler((failure, command, parsed) -> {
            command.getErr().println("shop: " + Problem.of(failure));
            return FAILED;
        });
        return shop;
    }

    /** Returns the checkout that a command works on. */
    static Checkout checkout(CommandSpec command) {
        return ((Shop) command.root().userObject()).checkout;
    }

    static String version() {
        var version = Shop.class.getPackage().getImplementationVersion();
        return version == null ? "unpackaged" : version;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "No command given. ./shop up starts everything.");
    }

    private static int refuse(ParameterException refusal, String[] arguments) {
        var command = refusal.getCommandLine();
        var err = command.getErr();
        err.println("shop: " + refusal.getMessage());
        if (refusal instanceof UnmatchedArgumentException unmatched) {
            var suggestions = unmatched.getSuggestions();
            if (!suggestions.isEmpty()) {
                err.println("Did you mean " + suggestions.stream().distinct().limit(3).collect(Collectors.joining(" or ")) + "?");
            }
        }
        err.println("More: " + command.getCommandSpec().qualifiedName() + " --help");
        return CommandLine.ExitCode.USAGE;
    }

    private static Map<String, List<String>> groups() {
        var groups = new LinkedHashMap<String, List<String>>();
        groups.put("The whole system", List.of("up", "down", "status", "logs", "reset"));
        groups.put("One service of a running system", List.of("start", "stop", "restart", "debug", "dev", "intercept", "canary"));
        groups.put("Break, find, heal", List.of("break", "heal", "failures", "incident", "why", "trace", "events"));
        groups.put("Development", List.of("test", "bench", "chaos", "verify", "package", "deploy", "generate"));
        groups.put("Help", List.of("help", "completion"));
        return groups;
    }

    private static String groupedCommands(Help help) {
        var text = new StringBuilder();
        GROUPS.forEach((group, names) -> {
            text.append("\n").append(group).append(":\n");
            for (var name : names) {
                var description = help.subcommands().get(name).commandSpec().usageMessage().description();
                text.append("  %-11s%s%n".formatted(name, description[0]));
            }
        });
        return text.toString();
    }

    /** Returns the version of the project, which is in the jar. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[]{"Debug Shop " + version() + ", Java " + Runtime.version()};
        }
    }
}
