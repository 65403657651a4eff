package org.debugshop.systemtests;

import static java.util.Comparator.comparing;

import java.util.Comparator;
import org.junit.jupiter.api.ClassDescriptor;
import org.junit.jupiter.api.ClassOrderer;
import org.junit.jupiter.api.ClassOrdererContext;
import org.junit.jupiter.api.Order;

/**
 * Puts the classes with their own shop first, in the order of {@link Order} and their names; then the classes that share {@link TheSystem},
 * and at the end those that need it alone, in the reverse order of their names. JUnit's two threads take classes from either end of this
 * list. So one of them uses the system alone, while the other one starts shops of its own, and both share it at last.
 */
final class OwnShopsFirst implements ClassOrderer {

    private static final Comparator<ClassDescriptor> BY_NAME = comparing(test -> test.getTestClass().getSimpleName());
    private static final Comparator<ClassDescriptor> BY_ORDER = comparing(
            test -> test.findAnnotation(Order.class).map(Order::value).orElse(Order.DEFAULT));

    @Override
    public void orderClasses(ClassOrdererContext context) {
        context.getClassDescriptors().sort(comparing(OwnShopsFirst::part).thenComparing(BY_ORDER)
                .thenComparing((one, other) -> part(one) > 0 ? BY_NAME.compare(other, one) : BY_NAME.compare(one, other)));
    }

    private static int part(ClassDescriptor test) {
        return test.isAnnotated(UsesTheSystem.class) ? 2 : test.isAnnotated(SharesTheSystem.class) ? 1 : 0;
    }
}
