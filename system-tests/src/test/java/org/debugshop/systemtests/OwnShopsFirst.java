package org.debugshop.systemtests;

import static java.util.Comparator.comparing;

import java.util.Arrays;
import org.junit.jupiter.api.ClassDescriptor;
import org.junit.jupiter.api.ClassOrderer;
import org.junit.jupiter.api.ClassOrdererContext;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Puts the classes that use {@link TheSystem} last, and the others in the order of {@link Order}, if they have one. The system runs until
 * the end once it is started, load included, and whatever else starts processes would share the machine with it.
 */
final class OwnShopsFirst implements ClassOrderer {

    @Override
    public void orderClasses(ClassOrdererContext context) {
        context.getClassDescriptors().sort(comparing(OwnShopsFirst::usesTheSystem).thenComparing(OwnShopsFirst::order)
                .thenComparing(each -> each.getTestClass().getSimpleName()));
    }

    private static int order(ClassDescriptor each) {
        return each.findAnnotation(Order.class).map(Order::value).orElse(Order.DEFAULT);
    }

    private static boolean usesTheSystem(ClassDescriptor each) {
        return each.findRepeatableAnnotations(ExtendWith.class).stream().flatMap(extensions -> Arrays.stream(extensions.value()))
                .anyMatch(TheSystem.class::equals);
    }
}
