package org.debugshop.console.analysis;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.debugshop.console.store.Span;

/** Names the other end of a call, by the caller's span alone. */
public final class Peers {

    /** The prefix of a topic's name in the graph. */
    public static final String TOPIC = "topic ";

    private static final String DESTINATION = "messaging.destination.name";

    /** Where a call goes. @param port may be empty */
    public record Address(String host, String port) {

        /** Treats all names of this machine alike, because callers and {@code SCRAPE_TARGETS} may use different ones. */
        static Address of(String host, String port) {
            boolean local = host.equals("127.0.0.1") || host.equals("::1") || host.equals("[::1]");
            return new Address(local ? "localhost" : host, port);
        }

        @Override
        public String toString() {
            return port.isEmpty() ? host : host + ":" + port;
        }
    }

    private Peers() {}

    /** @param namesByAddress {@code host:port} → name of the service there */
    public static Map<Address, String> byAddress(Map<String, String> namesByAddress) {
        Map<Address, String> names = HashMap.newHashMap(namesByAddress.size());
        namesByAddress.forEach((address, name) -> {
            int colon = address.lastIndexOf(':');
            names.put(Address.of(address.substring(0, colon), address.substring(colon + 1)), name);
        });
        return names;
    }

    /** Returns the topic that a message is sent to or comes from; null for any other span. */
    public static String topic(Span span) {
        boolean message = span.kind() == Span.Kind.PRODUCER || span.kind() == Span.Kind.CONSUMER;
        String name = message ? span.attributes().text(DESTINATION) : null;
        return name == null ? null : TOPIC + name;
    }

    /** Returns the callee's name; null if it can't be determined. @param addresses the services that are known to be at an address */
    public static String callee(Span exit, Map<Address, String> addresses) {
        Address address = address(exit);
        String known = address == null ? null : addresses.get(address);
        if (known != null) {
            return known;
        }
        for (String attribute : List.of("service.peer.name", "db.system.name", "messaging.system.name")) {
            String name = exit.attributes().text(attribute);
            if (name != null) {
                return name;
            }
        }
        return address == null ? null : address.toString();
    }

    /** Returns the address of a call; null if it is unknown. Some instrumentations of HTTP clients only send the URL. */
    public static Address address(Span exit) {
        String host = exit.attributes().text("server.address");
        if (host != null) {
            String port = exit.attributes().text("server.port");
            return Address.of(host, port == null ? "" : port);
        }
        String url = exit.attributes().text("url.full");
        try {
            var uri = url == null ? null : new URI(url);
            return uri == null || uri.getHost() == null ? null : Address.of(uri.getHost(), port(uri));
        } catch (URISyntaxException notAUrl) {
            return null;
        }
    }

    private static String port(URI url) {
        if (url.getPort() >= 0) {
            return Integer.toString(url.getPort());
        }
        return "https".equals(url.getScheme()) ? "443" : "http".equals(url.getScheme()) ? "80" : "";
    }
}
