package org.debugshop.nativerules;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.quarkus.builder.BuildChainBuilder;
import io.quarkus.builder.BuildContext;
import io.quarkus.deployment.builditem.GeneratedResourceBuildItem;
import io.quarkus.deployment.builditem.nativeimage.ReflectiveClassBuildItem;
import io.quarkus.test.junit.buildchain.TestBuildChainCustomizerProducer;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jboss.jandex.Index;

/**
 * Lists the classes whose constructors and methods a native executable of the application could use by reflection, as a resource of
 * the application under test. Quarkus makes the list in each of its builds, also for a test on the JVM.
 */
public final class RegisteredTypes implements TestBuildChainCustomizerProducer {

    static final String LIST = "registered-for-reflection.txt";

    @Override
    public Consumer<BuildChainBuilder> produce(Index testClasses) {
        return chain -> chain.addBuildStep(RegisteredTypes::list)
                .consumes(ReflectiveClassBuildItem.class)
                .produces(GeneratedResourceBuildItem.class)
                .build();
    }

    private static void list(BuildContext build) {
        var names = build.consumeMulti(ReflectiveClassBuildItem.class).stream()
                .filter(registered -> registered.isConstructors() && registered.isMethods())
                .flatMap(registered -> registered.getClassNames().stream())
                .distinct().sorted().collect(Collectors.joining("\n"));
        build.produce(new GeneratedResourceBuildItem(LIST, names.getBytes(UTF_8)));
    }
}
