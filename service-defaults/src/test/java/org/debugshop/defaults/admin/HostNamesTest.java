package org.debugshop.defaults.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostNamesTest {

    private static final List<String> NONE = List.of();

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "localhost", "::1"})
    void shouldAcceptTheNamesOfThisMachineOnLoopback(String host) throws Exception {
        assertThat(HostNames.of(host, NONE).include("localhost:8090")).isTrue();
        assertThat(HostNames.of(host, NONE).include("evil.example:8090")).isFalse();
        assertThat(HostNames.of(host, NONE).include("192.0.2.1")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "192.0.2.1"})
    void shouldAcceptAnyNameOnOtherInterfacesUnlessNamesAreListed(String host) throws Exception {
        assertThat(HostNames.of(host, NONE).include("shop.example")).isTrue();
        assertThat(HostNames.of(host, NONE).include(null)).isTrue();
        assertThat(HostNames.of(host, List.of("console")).include("shop.example")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"console,true", "CONSOLE:8090,true", "shop.example:1,true", "localhost:8090,true", "a.localhost,true",
            "127.0.0.1:8090,true",
            "[::1]:8090,true", "[0:0:0:0:0:0:0:1]:8090,true", "192.0.2.7:8090,true", "[2001:db8::1]:80,true", "evil.example,false",
            "console.evil.example,false",
            "192.0.2.7.evil.example,false", "[evil],false", ".localhost,false", "'',false"})
    void shouldAcceptListedNamesThoseOfThisMachineAndAddresses(String authority, boolean included) throws Exception {
        assertThat(HostNames.of("0.0.0.0", List.of("console", " Shop.Example ", "")).include(authority)).isEqualTo(included);
    }

    @Test
    void shouldRefuseAMissingName() throws Exception {
        assertThat(HostNames.of("127.0.0.1", NONE).include(null)).isFalse();
    }
}
