package org.debugshop.defaults.http;

/**
 * The body of all error answers.
 *
 * @param error one sentence for the caller; never a stack trace, a class name or a secret
 */
public record ErrorBody(String error) {}
