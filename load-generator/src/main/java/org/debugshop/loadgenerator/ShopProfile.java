package org.debugshop.loadgenerator;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * Shoppers. A share of them has an account ({@link MemberVisits}). Of the guests, 60 % browse, and half of those buy; 30 % open one
 * category; 10 % go straight to checkout.
 */
final class ShopProfile implements Profile {

    static final AttributeKey<Long> PRODUCT_ID = AttributeKey.longKey("shop.product.id");
    static final AttributeKey<String> CATEGORY = AttributeKey.stringKey("shop.category");

    private static final int PRODUCTS = 5;
    private static final List<String> CATEGORIES = List.of("Electronics", "Phones", "Computers", "Audio", "Wearables");
    private static final List<String> CURRENCIES = List.of("USD", "EUR", "GBP", "JPY", "CAD");
    private static final List<Order.Address> ADDRESSES = List.of(
            new Order.Address("1 Harbour Street", "Springfield", "IL", "US", "62701"),
            new Order.Address("22 Market Square", "Leeds", "West Yorkshire", "GB", "LS1 4DY"),
            new Order.Address("3 Rue des Lilas", "Lyon", "Rhône", "FR", "69001"));

    private final GatewayClient gateway;
    private final int memberPercent;
    private final MemberVisits members;

    /**
     * @param memberPercent the share of shoppers with an account
     * @param pays and the next one as for {@link MemberVisits}
     */
    ShopProfile(GatewayClient gateway, int memberPercent, boolean pays, BooleanSupplier paysAgain) {
        this.gateway = gateway;
        this.memberPercent = memberPercent;
        this.members = new MemberVisits(gateway, pays, paysAgain);
    }

    @Override
    public List<Action> visit(RandomGenerator random) {
        var currency = oneOf(CURRENCIES, random);
        if (random.nextInt(100) < memberPercent) {
            return members.visit(currency, products(random), random);
        }
        var dice = random.nextInt(100);
        if (dice < 60) {
            return browse(currency, random);
        }
        return List.of(dice < 90 ? openCategory(oneOf(CATEGORIES, random), currency) : checkOut(currency, random));
    }

    private List<Action> browse(String currency, RandomGenerator random) {
        var actions = new ArrayList<Action>();
        actions.add(Action.get("open product list", "/products", Attributes.empty(), () -> gateway.products(null, currency)));
        products(random).forEach(id -> actions.add(lookAt(id, currency)));
        if (random.nextBoolean()) {
            actions.add(checkOut(currency, random));
        }
        return actions;
    }

    private Action openCategory(String category, String currency) {
        return Action.get("open category", "/products", Attributes.of(CATEGORY, category), () -> gateway.products(category, currency));
    }

    private Action lookAt(int id, String currency) {
        return Action.get("look at product", "/product/{id}", Attributes.of(PRODUCT_ID, (long) id), () -> gateway.product(id, currency));
    }

    private Action checkOut(String currency, RandomGenerator random) {
        var user = "user-" + random.nextInt(1, 1001);
        var items = products(random).mapToObj(id -> new Order.Item(id, random.nextInt(1, 4))).toList();
        var order = new Order(user, currency, oneOf(ADDRESSES, random), user + "@example.com", items);
        return Action.post("check out", "/checkout", Attributes.empty(), () -> gateway.checkOut(order));
    }

    /** Returns one to three different products. */
    private static IntStream products(RandomGenerator random) {
        return random.ints(1, PRODUCTS + 1).distinct().limit(random.nextInt(1, 4));
    }

    private static <T> T oneOf(List<T> choices, RandomGenerator random) {
        return choices.get(random.nextInt(choices.size()));
    }
}
