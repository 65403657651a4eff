package org.debugshop.defaults.controls;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.debugshop.defaults.admin.AdminSettings;

/** Settings that a test gives instead of the environment. */
record GivenSettings(Optional<URI> url, Optional<String> faults, Duration lease, Duration silence) implements ControlSettings {

    record Admin(String host, Optional<List<String>> allowedHosts, Optional<String> password) implements AdminSettings {

        static Admin withPassword(Optional<String> password) {
            return new Admin("127.0.0.1", Optional.empty(), password);
        }
    }
}
