package org.debugshop.defaults.http;

import io.quarkus.runtime.annotations.RegisterForReflection;

/**
 * The body of all error answers.
 *
 * @param error one sentence for the caller; never a stack trace, a class name or a secret
 */
@RegisterForReflection // no resource method returns it
public record ErrorBody(String error) {}
