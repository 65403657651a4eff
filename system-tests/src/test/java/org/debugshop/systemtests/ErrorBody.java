package org.debugshop.systemtests;

import static org.hamcrest.Matchers.aMapWithSize;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;

import io.restassured.builder.ResponseSpecBuilder;
import io.restassured.http.ContentType;
import io.restassured.specification.ResponseSpecification;

/** The body of every error: {@code {"error": "<one sentence>"}}. */
public final class ErrorBody {

    private ErrorBody() {}

    public static ResponseSpecification isAnError() {
        return new ResponseSpecBuilder()
                .expectContentType(ContentType.JSON)
                .expectBody("$", aMapWithSize(1))
                .expectBody("error", allOf(
                        matchesPattern("[\\p{L}{][^\\n]{3,200}"),
                        not(matchesPattern(".*(Exception|Error:|\\b(java|org|io|com)\\.|<[a-z]|\\[Source).*"))))
                .build();
    }

    public static ResponseSpecification says(String sentence) {
        return new ResponseSpecBuilder()
                .addResponseSpecification(isAnError())
                .expectBody("error", equalTo(sentence))
                .build();
    }
}
