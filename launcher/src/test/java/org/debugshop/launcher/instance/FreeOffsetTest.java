package org.debugshop.launcher.instance;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import org.debugshop.launcher.topology.Topology;
import org.junit.jupiter.api.Test;

class FreeOffsetTest {

    @Test
    void shouldNotTakeAnOffsetTwice() {
        try (var taken = FreeOffset.take(Topology.DEBUG_SHOP).orElseThrow()) {
            assertThat(taken.value()).isPositive();
            assertThat(FreeOffset.take(Topology.DEBUG_SHOP, taken.value())).isEmpty();
        }
    }

    @Test
    void shouldNotTakeAnOffsetWithAPortInUse() throws Exception {
        var offset = FreeOffset.take(Topology.DEBUG_SHOP).orElseThrow();
        try (var _ = new ServerSocket(8084 + offset.value(), 1, InetAddress.getLoopbackAddress())) {
            offset.close();
            assertThat(FreeOffset.take(Topology.DEBUG_SHOP, offset.value())).isEmpty();
        }
    }
}
