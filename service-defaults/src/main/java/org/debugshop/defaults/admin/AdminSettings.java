package org.debugshop.defaults.admin;

import io.smallrye.config.ConfigMapping;
import java.util.List;
import java.util.Optional;

/** The settings for what is meant for operators, from the environment. */
@ConfigMapping(prefix = "shop.admin")
public interface AdminSettings {

    /** The address that the service listens on ({@code HOST}). */
    String host();

    /** The names that are answered without a password ({@code ALLOWED_HOSTS}), in addition to those of this machine. */
    Optional<List<String>> allowedHosts();

    /** The password of the user {@code admin} ({@code ADMIN_PASSWORD}). */
    Optional<String> password();
}
