package org.debugshop.launcher.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.debugshop.launcher.topology.Checkout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandLineTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            up --only gatway                | There is no service 'gatway'. Did you mean gateway?
            up --only gateway,cache         | There is no service 'cache'. Did you mean instabook-cache?
            restart xyzzy-plugh             | There is no service 'xyzzy-plugh'. There are console, postgres
            logs chekout                    | Did you mean checkout?
            up --only load-generator --without-load | Nothing is left to start.
            status --port-offset 50001      | --port-offset must be from 0 to 50000, not 50001.
            status --port-offset -1         | --port-offset must be from 0 to 50000, not -1.
            status --port-offset many       | 'many' is not an int
            up --timeout 0                  | --timeout must be at least 1 second.
            up --host 203.0.113.7           | --host 203.0.113.7 is no address of this machine.
            up --otlp-port 1                | --otlp-port must be from 2 to 65535, not 1.
            up --otlp-port 8081             | --otlp-port 8081 is the port of product-catalog.
            up --otlp-port 8091             | --otlp-port 8091 needs 8090 for OTLP/gRPC, which is the port of console.
            up --otlp-endpoint localhost    | --otlp-endpoint must be http://HOST:PORT or https://HOST:PORT; a path may follow.
            up --otlp-endpoint http://h/?a  | --otlp-endpoint must end with its path
            up --otlp-endpoint http://[     | --otlp-endpoint is no URL
            up --otlp-endpoint http://127.0.0.1:4318/otlp | is where this instance's console takes OTLP itself. If you have a receiver of your own there, move the console: --otlp-port 14318.
            up --otlp-endpoint http://localhost:4317 | is where this instance's console takes OTLP itself.
            up --otlp-header a=b            | --otlp-header (FORWARD_OTLP_HEADERS) is for --otlp-endpoint, which is missing.
            up --otlp-endpoint http://h --otlp-header secret | --otlp-header is name=value
            up --detatch                    | --detach
            statsu                          | status
            restart                         | SERVICE
            debug                           | SERVICE
            debug gatway                    | Did you mean gateway?
            debug kafka                     | kafka is an engine
            dev postgres                    | postgres is an engine
            debug gateway --port 65536      | --port must be from 1 to 65535, not 65536.
            debug gateway --off --suspend   | --off goes with neither --port nor --suspend.
            dev xyzzy-plugh                 | There is no service 'xyzzy-plugh'. There are console
            intercept checkout              | Missing required option: '--key=KEY'
            intercept chekout --key a       | Did you mean checkout?
            intercept gateway --key a       | gateway cannot be intercepted: browsers and programs call it, and they use no routes.
            intercept kafka --key a         | No service calls kafka, so there is no request to route.
            intercept console --key a       | No service calls console, so there is no request to route.
            intercept checkout --key a/b    | --key has 1 to 40 characters of A-Z a-z 0-9 . _ -
            intercept checkout --key a --unsafe | --unsafe goes with --mirror.
            intercept checkout --key a --mirror --events | --events goes without --mirror: only one copy processes an event.
            intercept checkout --key a --timeout 0 | --timeout must be at least 1 second.
            intercept checkout --key a --from x -- y | --from is for dev mode, and goes with no command.
            canary                          | Which service?
            canary load-generator           | No service calls load-generator, so there is no request to route.
            canary checkout --weight 101    | --weight must be from 1 to 100, not 101.
            canary checkout --env PORT=1    | --env cannot set PORT
            canary --promote --abort        | --promote, --abort are mutually exclusive (specify only one)
            canary checkout --abort --weight 5 | --promote, --abort and --status go with no other option.
            logs --tail -1                  | --tail must not be negative.
            break instabook-tken            | There is no failure 'instabook-tken'. Did you mean instabook-token?
            heal everything                 | There is no failure 'everything'. There are instabook-token
            break                           | FAILURE
            failures instabook-token --hint 9 | --hint must be from 1 to 3
            failures --answer               | Which failure?
            trace 4bf9                      | A trace id has 32 hexadecimal digits.
            trace 4bf92f3577b34da6a3ce929d0e0e4736 --error | A TRACE_ID names one trace
            events resend                   | expected one of [list, replay]
            events --dry-run                | --dry-run goes with replay.
            test --against localhost:8080   | --against must be http://HOST:PORT
            completion fish                 | expected one of [bash, zsh]
            bench --connections 0           | --connections must be from 1 to 1000, not 0.
            bench --seconds 0.01            | --seconds must be from 0.1 to 600.0, not 0.01.
            bench --rate 0                  | --rate must be from 1 to 100000, not 0.
            bench --port-offset 49941       | --port-offset must be from 0 to 49940, not 49941.
            chaos --rounds 0                | --rounds must be from 1 to 10000, not 0.
            verify instabook-tken           | There is no failure 'instabook-tken'. Did you mean instabook-token?
            verify --effects --blind        | --effects asks no diagnosis and makes no noise.
            verify --port-offset 50001      | --port-offset must be from 0 to 50000, not 50001.
            bench --ingest --pages          | --ingest, --pages are mutually exclusive (specify only one)
            bench --against no-such-commit   | --against: git knows no commit no-such-commit here.
            bench --petshop /missing/petshop | --petshop: there is no folder /missing/petshop.
            bench --only product,pages      | expected one of [products, product, checkout, booking, orders, outbox, auth] (case-sensitive) but was 'pages'
            ""                              | ./shop up starts everything
            """)
    void shouldRefuseAWrongCommandLineWithASentence(String line, String sentence) {
        assertThat(run(line)).isEqualTo(2);

        assertThat(err.toString()).startsWith("shop: ").contains(sentence).contains("--help").doesNotContain("Exception", "secret");
    }

    @ParameterizedTest
    @CsvSource({"2000,gateway,2001", "1994,instabook-cache,1995", "1990,console,1991"})
    void shouldRefuseAnOffsetAtWhichBrowsersBlockAPage(String refused, String service, String fitting) {
        assertThat(run("up --port-offset " + refused + " --only " + service + ",currency")).isEqualTo(2);

        assertThat(err.toString()).contains("would put the page of " + service + " at port 10080, which browsers refuse to open",
                "--port-offset " + fitting + " does not");
    }

    @Test
    void shouldExplainEveryCommandWithExamplesAndExitCodes() {
        var commands = Shop.commandLine(Checkout.current()).getSubcommands();
        for (var name : visible()) {
            var help = commands.get(name).getUsageMessage();
            if (!name.equals("help")) {
                assertThat(help).as(name).contains("Examples:", "  ./shop " + name, "Exit codes:");
            }
        }
    }

    @Test
    void shouldListEveryCommandUnderAGroup() {
        assertThat(Shop.GROUPS.values().stream().flatMap(Collection::stream)).containsExactlyInAnyOrderElementsOf(visible());
        assertThat(run("help")).isZero();
        assertThat(out.toString()).contains(Shop.GROUPS.keySet()).contains("restart    Stop services and start them again");
    }

    @Test
    void shouldPrintTheVersion() {
        assertThat(run("--version")).isZero();
        assertThat(out.toString()).startsWith("Debug Shop ").contains("Java 2");
    }

    private static List<String> visible() {
        return Shop.commandLine(Checkout.current()).getSubcommands().entrySet().stream()
                .filter(command -> !command.getValue().getCommandSpec().usageMessage().hidden())
                .map(Map.Entry::getKey)
                .toList();
    }

    private int run(String line) {
        return Shop.commandLine(Checkout.current()).setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true))
                .execute(line.isEmpty() ? new String[0] : line.split(" "));
    }
}
