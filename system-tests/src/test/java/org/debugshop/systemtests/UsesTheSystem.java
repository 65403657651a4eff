package org.debugshop.systemtests;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * For test classes that use {@link TheSystem}, and stop or break parts of it, or expect that nobody else sends requests. They run one after
 * another, beside a class that has a shop of its own.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(TheSystem.class)
@ResourceLock("the system")
public @interface UsesTheSystem {}
