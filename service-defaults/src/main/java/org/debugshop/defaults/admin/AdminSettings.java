package org.debugshop.defaults.admin;

import io.smallrye.config.ConfigMapping;
import java.util.List;
import java.util.Optional;

/** The environment's settings for what is meant for operators. */
@ConfigMapping(prefix = "shop.admin")
public interface AdminSettings {

    /** Where the service listens ({@code HOST}). */
    String host();

    /** The names that are answered without a password ({@code ALLOWED_HOSTS}), in addition to those of this machine. */
    Optional<List<String>> allowedHosts();

    /** {@code ADMIN_PASSWORD}, of the user {@code admin}. */
    Optional<String> password();
}
