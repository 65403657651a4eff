package org.debugshop.adservice;

import static java.util.stream.Collectors.toSet;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** The advertisements, in the order in which they are listed, and the rules that choose some of them. */
final class Ads {

    static final List<Ad> ADS = List.of(
            productAd("ad1", "Smartphone Model X: the whole shop in your pocket", 1, "Electronics"),
            productAd("ad2", "Laptop Pro: compile before the coffee is ready", 2, "Electronics"),
            productAd("ad3", "Wireless Headphones: hear the music, not the office", 3, "Audio"),
            productAd("ad4", "Smart Watch Series 5: every step counts", 4, "Wearables"),
            productAd("ad5", "Bluetooth Speaker: take the party outside", 5, "Audio"),
            new Ad("ad6", "/products", "Free shipping on orders over $50", "/images/ads/ad6.svg", null, "General"));

    private static final int MAX_GENERAL = 2;
    private static final int MAX_RANDOM = 3;

    private Ads() {}

    /**
     * @param rule the rule that chose them: {@code products}, {@code general}, {@code category} or {@code random}
     * @param ads in the listed order, except for a random choice
     */
    record Choice(String rule, List<Ad> ads) {}

    /**
     * @param productIds separated by commas; anything that isn't the number of a product is ignored
     * @return the ads of these products or, if there are none, at most two general ones
     */
    static Choice forProducts(String productIds) {
        var ids = Arrays.stream(productIds.split(",")).map(String::strip).collect(toSet());
        var ofProducts = listed(ad -> !ad.isGeneral() && ids.contains(ad.productId().toString()));
        return ofProducts.isEmpty()
                ? new Choice("general", listed(Ad::isGeneral).stream().limit(MAX_GENERAL).toList())
                : new Choice("products", ofProducts);
    }

    /** Returns the ads of exactly this category; an empty list if there is no such category. */
    static Choice inCategory(String category) {
        return new Choice("category", listed(ad -> ad.category().equals(category)));
    }

    /** Returns three different ads at random. */
    static Choice atRandom() {
        var shuffled = new ArrayList<>(ADS);
        Collections.shuffle(shuffled);
        return new Choice("random", shuffled.stream().limit(MAX_RANDOM).toList());
    }

    static Optional<Ad> find(String id) {
        return ADS.stream().filter(ad -> ad.id().equals(id)).findFirst();
    }

    private static List<Ad> listed(Predicate<Ad> which) {
        return ADS.stream().filter(which).toList();
    }

    private static Ad productAd(String id, String text, int productId, String category) {
        return new Ad(id, "/product/" + productId, text, "/images/ads/" + id + ".svg", productId, category);
    }
}
