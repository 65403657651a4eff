package org.debugshop.gateway.edge;

import static java.lang.annotation.ElementType.METHOD;
import static java.lang.annotation.ElementType.TYPE;
import static java.lang.annotation.RetentionPolicy.RUNTIME;

import jakarta.ws.rs.NameBinding;
import java.lang.annotation.Retention;
import java.lang.annotation.Target;

/**
 * Marks a route that only authenticated users may use. {@link EdgeAuthentication} asks the authentication service before each of its
 * requests. The request that reaches the resource has the headers of {@link UserHeaders}.
 */
@NameBinding
@Retention(RUNTIME)
@Target({TYPE, METHOD})
public @interface Protected {}
