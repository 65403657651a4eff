package org.debugshop.gateway.edge;

import static java.lang.annotation.ElementType.METHOD;
import static java.lang.annotation.ElementType.TYPE;
import static java.lang.annotation.RetentionPolicy.RUNTIME;

import jakarta.ws.rs.NameBinding;
import java.lang.annotation.Retention;
import java.lang.annotation.Target;

/**
 * Marks an open route that uses the caller's identity if the caller shows one: a request with {@code Authorization} is handled as on
 * a {@link Protected} route, and one without it has no user.
 */
@NameBinding
@Retention(RUNTIME)
@Target({TYPE, METHOD})
public @interface OptionalUser {}
