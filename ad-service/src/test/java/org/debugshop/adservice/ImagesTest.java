package org.debugshop.adservice;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;

import io.quarkus.test.junit.QuarkusTest;
import java.io.ByteArrayInputStream;
import java.util.Set;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/** The drawings themselves. service-defaults tests how they are served. */
@QuarkusTest
class ImagesTest {

    private static final String SVG = "http://www.w3.org/2000/svg";

    /** Elements that can only draw, so not script, foreignObject, a, image, use or animate. */
    private static final Set<String> DRAWING = Set.of("svg", "title", "desc", "style", "defs", "linearGradient", "stop", "g",
            "rect", "circle", "ellipse", "path", "text");

    static Iterable<Ad> ads() {
        return Ads.ADS;
    }

    @ParameterizedTest
    @MethodSource("ads")
    void shouldServeADrawingOfEachAd(Ad ad) {
        given().get(ad.imageUrl()).then().statusCode(200)
                .header("Content-Type", matchesPattern("image/svg\\+xml(;charset=UTF-8)?"));
    }

    @ParameterizedTest
    @MethodSource("ads")
    void shouldDrawWithoutScriptAndHaveAnAccessibleDescription(Ad ad) throws Exception {
        var bytes = given().get(ad.imageUrl()).asByteArray();
        assertThat(bytes).hasSizeLessThan(8 * 1024);
        var drawing = parse(bytes);
        assertThat(textOf(drawing, "title")).isEqualTo(ad.text());
        assertThat(textOf(drawing, "desc")).hasSizeGreaterThan(20);
        assertThat(drawing.getDocumentElement().getAttribute("role")).isEqualTo("img");
        assertThat(drawing.getDocumentElement().getAttribute("aria-labelledby")).isEqualTo("title desc");

        var elements = drawing.getElementsByTagName("*");
        for (var i = 0; i < elements.getLength(); i++) {
            var element = (Element) elements.item(i);
            assertThat(element.getNamespaceURI()).isEqualTo(SVG);
            assertThat(DRAWING).contains(element.getLocalName());
            for (var j = 0; j < element.getAttributes().getLength(); j++) {
                var name = element.getAttributes().item(j).getLocalName();
                assertThat(name).doesNotStartWith("on").isNotEqualTo("href");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ad7.svg", "ad0.svg", "ad01.svg", "1.svg", "AD1.svg", "ad1.SVG", "ad1.png", "ad1", ".svg",
            "..%2Fads%2Fad1.svg"})
    void shouldNotFindOtherDrawings(String file) {
        given().urlEncodingEnabled(false).get("/images/ads/" + file).then().statusCode(404)
                .contentType("application/json").body("size()", equalTo(1));
    }

    private static Document parse(byte[] svg) throws Exception {
        var factory = DocumentBuilderFactory.newDefaultNSInstance();
        factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        return factory.newDocumentBuilder().parse(new ByteArrayInputStream(svg));
    }

    private static String textOf(Document drawing, String id) {
        var elements = drawing.getElementsByTagNameNS(SVG, id);
        assertThat(elements.getLength()).isEqualTo(1);
        assertThat(((Element) elements.item(0)).getAttribute("id")).isEqualTo(id);
        return elements.item(0).getTextContent();
    }
}
