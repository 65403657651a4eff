package org.debugshop.adservice;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.smallrye.common.annotation.NonBlocking;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import java.util.List;
import org.debugshop.adservice.Ads.Choice;
import org.debugshop.defaults.http.HttpError;

@Path("/")
@NonBlocking
public class AdResource {

    static final AttributeKey<String> AD_ID = AttributeKey.stringKey("shop.ad.id");
    static final AttributeKey<Long> ADS_COUNT = AttributeKey.longKey("shop.ads.count");
    static final AttributeKey<String> ADS_RULE = AttributeKey.stringKey("shop.ads.rule");

    private final AdRanking ranking;
    private final Impressions impressions;

    AdResource(AdRanking ranking, Impressions impressions) {
        this.ranking = ranking;
        this.impressions = impressions;
    }

    /**
     * @param productIds if not empty, only these ids matter, and the category is ignored
     * @param category null if it is absent or empty
     */
    @GET
    @Path("ads")
    public List<Ad> ads(@QueryParam("product_ids") List<String> productIds, @QueryParam("category") String category) {
        var choice = choose(productIds, category);
        ranking.requested(productIds);
        impressions.add();
        Span.current().setAttribute(ADS_RULE, choice.rule()).setAttribute(ADS_COUNT, choice.ads().size());
        return choice.ads();
    }

    private static Choice choose(List<String> productIds, String category) {
        if (!productIds.isEmpty()) {
            return Ads.forProducts(String.join(",", productIds));
        }
        return category == null ? Ads.atRandom() : Ads.inCategory(category);
    }

    @GET
    @Path("ad/{id}")
    public Ad ad(@PathParam("id") String id) {
        var ad = Ads.find(id).orElseThrow(() -> HttpError.notFound("Ad not found"));
        Span.current().setAttribute(AD_ID, ad.id());
        return ad;
    }
}
