package org.debugshop.loadgenerator;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.core.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * The visits of shoppers with an account. One in five signs up. The others are members who were here before, and one in four of
 * those logs in again; the rest still have their token. Each searches, orders one to three products, pays if there are payments,
 * and looks at the own orders.
 */
final class MemberVisits {

    static final AttributeKey<String> SEARCH = AttributeKey.stringKey("shop.search.text");

    private static final List<String> SEARCHES = List.of("phone", "laptop", "speaker", "watch", "audio", "wear", "pro");
    private static final int UNAUTHORIZED = 401;

    private final GatewayClient gateway;
    private final boolean pays;
    private final BooleanSupplier paysAgain;
    private final Recent<Member> members = new Recent<>(50);

    /**
     * @param pays whether there is a payments service
     * @param paysAgain whether a member who has paid does not wait for the answer, and sends the same payment again
     */
    MemberVisits(GatewayClient gateway, boolean pays, BooleanSupplier paysAgain) {
        this.gateway = gateway;
        this.pays = pays;
        this.paysAgain = paysAgain;
    }

    List<Action> visit(String currency, IntStream products, RandomGenerator random) {
        var actions = new ArrayList<Action>();
        var known = random.nextInt(5) == 0 ? null : members.any(random).orElse(null);
        var member = known == null ? stranger(random) : known;
        if (known == null) {
            actions.add(signUp(member));
        }
        if (!member.isLoggedIn() || random.nextInt(4) == 0) {
            actions.add(logIn(member));
        }
        actions.add(search(SEARCHES.get(random.nextInt(SEARCHES.size())), currency));
        var placed = new AtomicReference<Member.Placed>();
        actions.add(order(member, new Member.Wish(products.boxed().toList(), currency), placed));
        if (pays) {
            actions.add(pay(member, placed));
        }
        actions.add(lookAtOrders(member));
        return actions;
    }

    private static Member stranger(RandomGenerator random) {
        return new Member("member-" + Long.toHexString(random.nextLong()), Long.toHexString(random.nextLong()) + "-secret");
    }

    private Action signUp(Member member) {
        return Action.post("sign up", "/api/v1/signup", Attributes.empty(), () -> gateway.signUp(member.signUp())
                .invoke(ifSuccessful(_ -> members.add(member))));
    }

    /** Logs in. A member whom accounts no longer knows, for example because it was restarted without a database, doesn't return. */
    private Action logIn(Member member) {
        return Action.post("log in", "/api/v1/login", Attributes.empty(), () -> gateway.logIn(member.credentials())
                .invoke(ifSuccessful(answer -> member.loggedIn(answer.readEntity(Member.Token.class))))
                .invoke(answer -> {
                    if (answer.getStatus() == UNAUTHORIZED) {
                        members.remove(member);
                    }
                }));
    }

    private Action search(String text, String currency) {
        return Action.get("search products", "/api/v1/products/search/{text}", Attributes.of(SEARCH, text),
                () -> gateway.search(text, currency));
    }

    private Action order(Member member, Member.Wish wish, AtomicReference<Member.Placed> placed) {
        return Action.post("order", "/api/v1/order/create", Attributes.empty(),
                asMember(member, () -> gateway.order(member.authorization(), wish)
                        .invoke(ifSuccessful(answer -> placed.set(answer.readEntity(Member.Placed.class))))));
    }

    private Action pay(Member member, AtomicReference<Member.Placed> placed) {
        Supplier<Uni<Response>> payment = () -> gateway.pay(member.authorization(),
                new Member.Payment(placed.get().order().id(), placed.get().amount()));
        return Action.post("pay", "/api/v1/payments/pay", Attributes.empty(), asMember(member, () -> payment.get()
                .flatMap(answer -> answer.getStatus() < 400 && paysAgain.getAsBoolean()
                        ? payment.get()
                        : Uni.createFrom().item(answer))));
    }

    private Action lookAtOrders(Member member) {
        return Action.get("look at own orders", "/api/v1/orders", Attributes.empty(),
                asMember(member, () -> gateway.orders(member.authorization())));
    }

    /** Sends a request with a token. If the token is refused, the member logs in at the next visit. */
    private static Supplier<Uni<Response>> asMember(Member member, Supplier<Uni<Response>> request) {
        return () -> request.get().invoke(answer -> {
            if (answer.getStatus() == UNAUTHORIZED) {
                member.loggedOut();
            }
        });
    }

    private static Consumer<Response> ifSuccessful(Consumer<Response> then) {
        return answer -> {
            if (answer.getStatus() < 400) {
                then.accept(answer);
            }
        };
    }
}
