package org.debugshop.systemtests;

import static java.util.Comparator.comparing;

import java.util.Comparator;
import org.junit.jupiter.api.ClassDescriptor;
import org.junit.jupiter.api.ClassOrderer;
import org.junit.jupiter.api.ClassOrdererContext;
import org.junit.jupiter.api.Order;

/**
 * Puts the classes with their own shop first, in the order of {@link Order} and their names, and the classes that use {@link TheSystem}
 * last, in the reverse order of their names. JUnit's two threads take classes from either end of this list, so a thread rarely waits for
 * the other one to leave the system.
 */
final class OwnShopsFirst implements ClassOrderer {

    private static final Comparator<ClassDescriptor> BY_NAME = comparing(test -> test.getTestClass().getSimpleName());
    private static final Comparator<ClassDescriptor> BY_ORDER = comparing(
            test -> test.findAnnotation(Order.class).map(Order::value).orElse(Order.DEFAULT));

    @Override
    public void orderClasses(ClassOrdererContext context) {
        context.getClassDescriptors().sort(comparing(OwnShopsFirst::usesTheSystem).thenComparing(BY_ORDER)
                .thenComparing((one, other) -> usesTheSystem(one) ? BY_NAME.compare(other, one) : BY_NAME.compare(one, other)));
    }

    private static boolean usesTheSystem(ClassDescriptor test) {
        return test.isAnnotated(UsesTheSystem.class);
    }
}
