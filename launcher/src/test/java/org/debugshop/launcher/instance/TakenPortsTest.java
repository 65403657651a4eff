package org.debugshop.launcher.instance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import org.debugshop.launcher.os.Ports;
import org.debugshop.launcher.sandbox.InASandbox;
import org.debugshop.launcher.topology.Topology;
import org.junit.jupiter.api.Test;

class TakenPortsTest extends InASandbox {

    @Test
    void shouldFindAProcessThatHoldsOnlyTheIpv6PortOfLocalhost() throws IOException {
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
}
