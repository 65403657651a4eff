package org.debugshop.console.scrape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TargetsTest {

    @Test
    void shouldAcceptABaseUrlAndAFullUrl() {
        var targets = Targets.parse("a=http://localhost:1, b=http://127.0.0.1:2/ ,c=http://host/own/path,");

        assertThat(targets.all()).extracting(target -> target.url().toString())
                .containsExactly("http://localhost:1/metrics", "http://127.0.0.1:2/metrics", "http://host/own/path");
        assertThat(targets.namesByAddress()).containsEntry("localhost:1", "a").containsEntry("localhost:2", "b").containsEntry("host:80",
                "c");
    }

    @Test
    void shouldScrapeTheServicesOfALaptopByDefault() {
        assertThat(Targets.parse(" ").namesByAddress()).hasSize(13).containsEntry("localhost:8080", "gateway")
                .containsEntry("localhost:8098", "load-generator-instabook");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gateway", "=http://localhost:1", "a=ftp://localhost", "a=localhost:1", "a=http://a b",
            "a=http://x,a=http://y"})
    void shouldReportAnInvalidTarget(String text) {
        assertThatThrownBy(() -> Targets.parse(text)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("SCRAPE_TARGETS");
    }
}
