package org.debugshop.defaults.admin;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The values of the {@code Host} header that a service without a password accepts. Without this check, any page in a local browser
 * could point its own name at 127.0.0.1 (DNS rebinding), and read and change what only this machine may access.
 *
 * <p>If the service listens on the loopback interface, the names of this machine are accepted: {@code localhost}, names under it,
 * loopback addresses and {@code HOST}. On other interfaces any name is accepted, unless {@code ALLOWED_HOSTS} lists names. A
 * container is an example: its ports may be published only on the loopback interface. There, addresses are always accepted, because
 * they can't be rebound.
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
     * Creates the set of accepted names.
     *
     * @param host the address that the service listens on
     * @param allowed {@code ALLOWED_HOSTS}; empty if it is not set
     * @throws UnknownHostException if {@code host} is neither an address nor a known name
     */
    public static HostNames of(String host, List<String> allowed) throws UnknownHostException {
        var named = allowed.stream().map(name -> name.strip().toLowerCase(Locale.ROOT)).filter(name -> !name.isEmpty())
                .collect(Collectors.toSet());
        var limited = !named.isEmpty();
        named.add(host.toLowerCase(Locale.ROOT));
        return new HostNames(Set.copyOf(named), limited, !limited && !InetAddress.getByName(host).isLoopbackAddress());
    }

    /** @param authority the {@code Host} header; null if there is none */
    public boolean include(String authority) {
        var name = authority == null ? "" : authority.toLowerCase(Locale.ROOT).replaceFirst(":\\d*$", "");
        return all || LOOPBACK.matcher(name).matches() || named.contains(name) || addresses && ADDRESS.matcher(name).matches();
    }
}
