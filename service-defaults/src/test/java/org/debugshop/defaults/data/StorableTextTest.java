package org.debugshop.defaults.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.debugshop.defaults.http.HttpError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StorableTextTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {"{'a':'\\u0000'}|a", "{'a':{'b':['x',{'c':'\\ud800x'}]}}|a.b[1].c",
            "['\\udc00\\ud800']|[0]",
            "{'\\ud800é':'\\u0000'}|??"})
    void shouldNameTheFieldWithATextThatCannotBeStored(String json, String field) {
        assertThatThrownBy(() -> require(json)).isInstanceOfSatisfying(HttpError.class, refusal -> {
            assertThat(refusal.status()).isEqualTo(400);
            assertThat(refusal).hasMessage(field + " must not contain U+0000 or half a surrogate pair");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "1", "null", "['']", "{'a':'\\ud83d\\ude00 \\n\\u0001\\ufffd'}"})
    void shouldAcceptAnyOtherText(String json) {
        assertThatCode(() -> require(json)).doesNotThrowAnyException();
    }

    @Test
    void shouldCutTheNameOfAFieldThatIsTooLong() {
        assertThatThrownBy(() -> require("{'" + "a".repeat(300) + "':'\\u0000'}")).hasMessageStartingWith("a".repeat(200) + " must not");
    }

    private static void require(String json) throws JsonProcessingException {
        StorableText.require(new ObjectMapper().readTree(json.replace('\'', '"')));
    }
}
