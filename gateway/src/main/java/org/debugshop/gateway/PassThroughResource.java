package org.debugshop.gateway;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.List;
import org.debugshop.defaults.upstream.Upstream;
import org.debugshop.gateway.edge.PassThrough;
import org.eclipse.microprofile.rest.client.inject.RestClient;

/** The routes whose upstream answers are returned unchanged, byte for byte. */
@Path("/")
public class PassThroughResource {

    static final AttributeKey<String> ORDER_ID = AttributeKey.stringKey("shop.order.id");

    private final ProductCatalogClient catalog;
    private final CurrencyClient currency;
    private final AdClient ads;
    private final CheckoutClient checkout;
    private final Upstream catalogUpstream = Upstream.named("product-catalog");
    private final Upstream currencyUpstream = Upstream.named("currency");
    private final Upstream adUpstream = Upstream.named("ad-service");
    private final Upstream checkoutUpstream = Upstream.named("checkout");

    PassThroughResource(@RestClient ProductCatalogClient catalog, @RestClient CurrencyClient currency, @RestClient AdClient ads,
            @RestClient CheckoutClient checkout) {
        this.catalog = catalog;
        this.currency = currency;
        this.ads = ads;
        this.checkout = checkout;
    }

    @GET
    @Path("order/{id}")
    public Uni<Response> order(@PathParam("id") String id) {
        Span.current().setAttribute(ORDER_ID, id);
        return PassThrough.answer(checkoutUpstream, checkout.order(id));
    }

    @GET
    @Path("order/{id}/receipt")
    public Uni<Response> receipt(@PathParam("id") String id) {
        Span.current().setAttribute(ORDER_ID, id);
        return PassThrough.answer(checkoutUpstream, checkout.receipt(id));
    }

    @GET
    @Path("orders")
    public Uni<Response> orders(@QueryParam("user_id") String userId, @QueryParam("limit") String limit,
            @QueryParam("cursor") String cursor) {
        return PassThrough.answer(checkoutUpstream, checkout.orders(userId, limit, cursor));
    }

    @GET
    @Path("convert")
    public Uni<Response> convert(@QueryParam("from") String from, @QueryParam("to") String to, @QueryParam("amount") String amount) {
        return PassThrough.answer(currencyUpstream, currency.convert(from, to, amount));
    }

    @GET
    @Path("rates")
    public Uni<Response> rates(@QueryParam("base") String base) {
        return PassThrough.answer(currencyUpstream, currency.rates(base));
    }

    @GET
    @Path("ads")
    public Uni<Response> ads(@QueryParam("product_ids") List<String> productIds, @QueryParam("category") String category) {
        return PassThrough.answer(adUpstream, ads.ads(productIds, category));
    }

    @GET
    @Path("ad/{id}")
    public Uni<Response> ad(@PathParam("id") String id) {
        return PassThrough.answer(adUpstream, ads.ad(id));
    }

    @GET
    @Path("images/products/{file}")
    public Uni<Response> productImage(@PathParam("file") String file, @HeaderParam(HttpHeaders.IF_NONE_MATCH) String knownTag) {
        return PassThrough.answer(catalogUpstream, catalog.image(file, knownTag));
    }

    @GET
    @Path("images/ads/{file}")
    public Uni<Response> adImage(@PathParam("file") String file, @HeaderParam(HttpHeaders.IF_NONE_MATCH) String knownTag) {
        return PassThrough.answer(adUpstream, ads.image(file, knownTag));
    }
}
