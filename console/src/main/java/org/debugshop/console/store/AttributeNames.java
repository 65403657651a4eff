package org.debugshop.console.store;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The old names of attributes that OpenTelemetry's semantic conventions have renamed. Many senders still use them. The console shows
 * attributes by the names that were sent; what it looks up or searches, it finds by either name.
 */
final class AttributeNames {

    /** Current name, old names, ... If a span has several of them, the first counts. */
    private static final List<List<String>> SYNONYMS = List.of(
            List.of("http.request.method", "http.method"),
            List.of("http.response.status_code", "http.status_code"),
            List.of("http.request.body.size", "http.request_content_length"),
            List.of("http.response.body.size", "http.response_content_length"),
            List.of("http.request.resend_count", "http.resend_count"),
            List.of("url.full", "http.url"),
            List.of("url.path", "http.target"),
            List.of("url.scheme", "http.scheme"),
            List.of("user_agent.original", "http.user_agent"),
            List.of("client.address", "http.client_ip"),
            List.of("network.protocol.name", "net.protocol.name", "net.app.protocol.name"),
            List.of("network.protocol.version", "net.protocol.version", "net.app.protocol.version", "http.flavor"),
            List.of("network.peer.address", "net.sock.peer.addr", "net.peer.ip"),
            List.of("network.peer.port", "net.sock.peer.port"),
            List.of("network.local.address", "net.sock.host.addr", "net.host.ip"),
            List.of("network.local.port", "net.sock.host.port"),
            List.of("network.transport", "net.transport"),
            List.of("server.address", "net.peer.name", "net.sock.peer.name", "net.host.name", "http.server_name"),
            List.of("server.port", "net.peer.port", "net.host.port"),
            List.of("service.peer.name", "peer.service"),
            List.of("db.system.name", "db.system"),
            List.of("db.query.text", "db.statement"),
            List.of("db.operation.name", "db.operation"),
            List.of("db.namespace", "db.name", "db.redis.database_index", "db.cassandra.keyspace", "db.hbase.namespace"),
            List.of("db.collection.name", "db.sql.table", "db.mongodb.collection", "db.cassandra.table", "db.cosmosdb.container"),
            List.of("db.response.status_code", "db.cosmosdb.status_code"),
            List.of("messaging.system.name", "messaging.system"),
            List.of("messaging.destination.name", "messaging.destination"),
            List.of("messaging.operation.type", "messaging.operation"),
            List.of("messaging.client.id", "messaging.client_id", "messaging.consumer.id", "messaging.consumer_id"),
            List.of("messaging.consumer.group.name", "messaging.kafka.consumer.group", "messaging.kafka.consumer_group",
                    "messaging.rocketmq.client_group", "messaging.eventhubs.consumer.group"),
            List.of("messaging.destination.partition.id", "messaging.kafka.destination.partition", "messaging.kafka.partition"),
            List.of("messaging.message.id", "messaging.message_id"),
            List.of("messaging.message.conversation_id", "messaging.conversation_id"),
            List.of("messaging.message.body.size", "messaging.message.payload_size_bytes", "messaging.message_payload_size_bytes"),
            List.of("kafka.offset", "messaging.kafka.offset", "messaging.kafka.message.offset"),
            List.of("kafka.message.key", "messaging.kafka.message.key", "messaging.kafka.message_key"),
            List.of("kafka.message.tombstone", "messaging.kafka.message.tombstone", "messaging.kafka.tombstone"),
            List.of("code.function.name", "code.function"),
            List.of("code.file.path", "code.filepath"),
            List.of("code.line.number", "code.lineno"),
            List.of("rpc.system.name", "rpc.system"),
            List.of("feature_flag.provider.name", "feature_flag.provider_name"),
            List.of("feature_flag.result.variant", "feature_flag.variant"),
            List.of("user.id", "enduser.id"),
            List.of("deployment.environment.name", "deployment.environment"));

    private static final Map<String, List<String>> OTHERS = new HashMap<>();

    static {
        for (List<String> names : SYNONYMS) {
            for (String name : names) {
                var others = new ArrayList<>(names);
                others.remove(name);
                OTHERS.put(name, List.copyOf(others));
            }
        }
    }

    private AttributeNames() {}

    /** Returns the other names of this attribute, the current one first; empty if it has none. */
    static List<String> others(String name) {
        return OTHERS.getOrDefault(name, List.of());
    }
}
