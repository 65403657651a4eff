package org.debugshop.loadgenerator;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.TestProfile;
import io.quarkus.test.junit.main.Launch;
import io.quarkus.test.junit.main.LaunchResult;
import io.quarkus.test.junit.main.QuarkusMainTest;
import org.junit.jupiter.api.Test;

@QuarkusMainTest
@TestProfile(WrongEnvironmentTest.NoSuchProfile.class)
class WrongEnvironmentTest {

    public static class NoSuchProfile extends TestEnvironment {
        public NoSuchProfile() {
            super("LOAD_PROFILE", "banana");
        }
    }

    @Test
    @Launch(exitCode = 1)
    void shouldNotStartAndReportWhy(LaunchResult result) {
        assertThat(result.getErrorOutput()).contains("LOAD_PROFILE must be shop or instabook, but it is \"banana\".")
                .doesNotContain("\tat ");
    }
}
