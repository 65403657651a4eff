package org.debugshop.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PortsTest extends InASandbox {

    @Test
    void shouldFindWhoHasOnlyTheIpv6PortOfLocalhost() throws IOException {
        var currency = Topology.DEBUG_SHOP.find("currency").orElseThrow();
        var instance = sandbox.instance(offset);
        try (var other = new ServerSocket()) {
            assumeTrue(bound(other, instance.port(currency.port())), "this machine has no IPv6");

            assertThat(Ports.isFree(Instance.DEFAULT_HOST, other.getLocalPort())).isTrue();
            assertThat(instance.takenPorts(currency, Instance.DEFAULT_HOST)).singleElement().asString()
                    .startsWith("port " + other.getLocalPort() + " (currency) is taken at [::1], which localhost stands for too, by pid "
                            + ProcessHandle.current().pid());
        }
        assertThat(instance.takenPorts(currency, Instance.DEFAULT_HOST)).isEmpty();
    }

    private static boolean bound(ServerSocket socket, int port) {
        try {
            socket.bind(new InetSocketAddress(InetAddress.getByName("::1"), port));
            return true;
        } catch (IOException noIpv6) {
            return false;
        }
    }

    @ParameterizedTest
    @CsvSource({"2000,gateway,2001", "1994,instabook-cache,1995", "1990,console,1991"})
    void shouldRefuseAnOffsetWithWhichBrowsersRefuseAPage(String refused, String service, String fitting) {
        var said = new StringWriter();
        var shop = Shop.commandLine(Checkout.current()).setErr(new PrintWriter(said));

        assertThat(shop.execute("up", "--port-offset", refused, "--only", service + ",currency")).isEqualTo(2);

        assertThat(said.toString()).contains("would put the page of " + service + " at port 10080, which browsers refuse to open",
                "--port-offset " + fitting + " does not");
    }
}
