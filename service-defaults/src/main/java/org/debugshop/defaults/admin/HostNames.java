package org.debugshop.defaults.admin;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The names in a request's {@code Host} that a service without a password answers to. Otherwise any page in a browser here could read and
 * change what only this machine may, by letting its own name point to 127.0.0.1 (DNS rebinding).
 *
 * <p>Where it listens on the loopback interface, these are the names of this machine: {@code localhost}, a name under it, a loopback
 * address, {@code HOST}. Elsewhere any name may be right, unless {@code ALLOWED_HOSTS} says which: as in a container, whose ports may be
 * published on the loopback interface only. An address is no name, and so is allowed there.
 */
public final class HostNames {

    private static final Pattern LOOPBACK = Pattern
            .compile("localhost|.+\\.localhost|127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}|\\[::1]|\\[0:0:0:0:0:0:0:1]");
    private static final Pattern ADDRESS = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}|\\[[0-9a-f:.]+]");

    private final Set<String> named;
    private final boolean addresses;
    private final boolean all;

    private HostNames(Set<String> named, boolean addresses, boolean all) {
        this.named = named;
        this.addresses = addresses;
        this.all = all;
    }

    /**
     * @param host where the service listens
     * @param allowed {@code ALLOWED_HOSTS}; empty when it is not set
     * @throws UnknownHostException if {@code host} is no address and no known name
     */
    public static HostNames of(String host, List<String> allowed) throws UnknownHostException {
        var named = allowed.stream().map(name -> name.strip().toLowerCase(Locale.ROOT)).filter(name -> !name.isEmpty())
                .collect(Collectors.toSet());
        var limited = !named.isEmpty();
        named.add(host.toLowerCase(Locale.ROOT));
        return new HostNames(Set.copyOf(named), limited, !limited && !InetAddress.getByName(host).isLoopbackAddress());
    }

    /** @param authority the header {@code Host}; null when there is none */
    public boolean include(String authority) {
        var name = authority == null ? "" : authority.toLowerCase(Locale.ROOT).replaceFirst(":\\d*$", "");
        return all || LOOPBACK.matcher(name).matches() || named.contains(name) || addresses && ADDRESS.matcher(name).matches();
    }
}
