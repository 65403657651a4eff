package org.debugshop.nativerules;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationConfig;
import com.fasterxml.jackson.databind.deser.BeanDeserializerBuilder;
import com.fasterxml.jackson.databind.deser.BeanDeserializerModifier;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.BeanPropertyWriter;
import com.fasterxml.jackson.databind.ser.BeanSerializerModifier;
import io.quarkus.jackson.ObjectMapperCustomizer;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Makes Jackson fail for a type that isn't registered for reflection, as it does in a native executable. Types of resource methods
 * and REST clients are registered by Quarkus; others need {@code @RegisterForReflection}.
 */
@Singleton
public class NativeJson implements ObjectMapperCustomizer {

    private final Set<String> registered = registered();

    private static Set<String> registered() {
        try (var list = Thread.currentThread().getContextClassLoader().getResourceAsStream(RegisteredTypes.LIST)) {
            return new String(list.readAllBytes(), UTF_8).lines().collect(Collectors.toUnmodifiableSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void customize(ObjectMapper mapper) {
        mapper.registerModule(new SimpleModule("native-rules").setSerializerModifier(new Written()).setDeserializerModifier(new Read()));
    }

    private void require(BeanDescription type) {
        if (!registered.contains(type.getBeanClass().getName())) {
            throw new IllegalStateException("In a native executable, Jackson knows nothing of " + type.getBeanClass().getName()
                    + ": it needs @RegisterForReflection");
        }
    }

    private final class Written extends BeanSerializerModifier {
        private static final long serialVersionUID = 1;

        @Override
        public List<BeanPropertyWriter> changeProperties(SerializationConfig config, BeanDescription type,
                List<BeanPropertyWriter> properties) {
            require(type);
            return properties;
        }
    }

    private final class Read extends BeanDeserializerModifier {
        private static final long serialVersionUID = 1;

        @Override
        public BeanDeserializerBuilder updateBuilder(DeserializationConfig config, BeanDescription type, BeanDeserializerBuilder builder) {
            require(type);
            return builder;
        }
    }
}
