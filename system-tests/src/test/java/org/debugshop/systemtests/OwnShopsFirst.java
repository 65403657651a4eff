package org.debugshop.systemtests;

import static java.util.Comparator.comparing;

import org.junit.jupiter.api.ClassDescriptor;
import org.junit.jupiter.api.ClassOrderer;
import org.junit.jupiter.api.ClassOrdererContext;
import org.junit.jupiter.api.Order;

/**
 * Puts the classes that use {@link TheSystem} last, and the others in the order of {@link Order}, if they have one. JUnit's two threads
 * take classes from either end of the list, so those that wait for each other don't block a thread each.
 */
final class OwnShopsFirst implements ClassOrderer {

    @Override
    public void orderClasses(ClassOrdererContext context) {
        context.getClassDescriptors().sort(comparing((ClassDescriptor test) -> test.isAnnotated(UsesTheSystem.class))
                .thenComparing(test -> test.findAnnotation(Order.class).map(Order::value).orElse(Order.DEFAULT))
                .thenComparing(test -> test.getTestClass().getSimpleName()));
    }
}
