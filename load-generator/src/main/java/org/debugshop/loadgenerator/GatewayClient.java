package org.debugshop.loadgenerator;

import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.rest.client.inject.RegisterRestClient;
import org.jboss.resteasy.reactive.RestHeader;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;

/** The shop's HTTP interface, as shoppers use it. */
@RegisterRestClient(configKey = "gateway")
public interface GatewayClient {

    /** @param category null for all products */
    @GET
    @Path("/products")
    Uni<Response> products(@RestQuery String category, @RestQuery String currency);

    @GET
    @Path("/product/{id}")
    Uni<Response> product(@RestPath int id, @RestQuery String currency);

    @POST
    @Path("/checkout")
    Uni<Response> checkOut(Order order);

    @POST
    @Path("/api/v1/signup")
    Uni<Response> signUp(Member.SignUp signUp);

    @POST
    @Path("/api/v1/login")
    Uni<Response> logIn(Member.Credentials credentials);

    @GET
    @Path("/api/v1/products/search/{text}")
    Uni<Response> search(@RestPath String text, @RestQuery String currency);

    /** @param authorization the member's token, here and below: {@code Bearer ...} */
    @POST
    @Path("/api/v1/order/create")
    Uni<Response> order(@RestHeader(HttpHeaders.AUTHORIZATION) String authorization, Member.Wish wish);

    @POST
    @Path("/api/v1/payments/pay")
    Uni<Response> pay(@RestHeader(HttpHeaders.AUTHORIZATION) String authorization, Member.Payment payment);

    @GET
    @Path("/api/v1/orders")
    Uni<Response> orders(@RestHeader(HttpHeaders.AUTHORIZATION) String authorization);
}
