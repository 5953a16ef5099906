package io.mooring.protocol.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.wire.prototool.Values;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeadersTest {
  @ParameterizedTest
  @CsvSource({
    "upgrade,Upgrade",
    "CONTENT-type,Content-Type",
    "impersonate-extra-abc,Impersonate-Extra-Abc",
    "te,Te",
    "x--y,X--Y",
    "a b,a b",
    "'',''"
  })
  @Tag("wire-71")
  void writesNamesInCanonicalCase(String given, String expected) {
    assertThat(Headers.canonical(given)).isEqualTo(expected);
  }

  @Test
  void collectsValuesOfOneNameInAnyCase() {
    Headers headers = Headers.builder().add("accept", "a").add("ACCEPT", "b").build();

    assertThat(headers.all("Accept")).containsExactly("a", "b");
    assertThat(headers.wire()).containsOnlyKeys("Accept");
    assertThat(Headers.of(headers.wire())).isEqualTo(headers);
  }

  @Test
  @Tag("fault-12")
  void dropsWhatConnectionNamesBeforeAnythingElse() {
    Headers headers =
        Headers.builder()
            .add("Connection", "close, Impersonate-User")
            .add("connection", "AUTHORIZATION")
            .add("Impersonate-User", "root")
            .add("authorization", "x")
            .add("Keep-Alive", "1")
            .add("TE", "trailers")
            .add("Transfer-Encoding", "chunked")
            .add("Accept", "a")
            .build();

    assertThat(headers.cleaned().asMap()).containsOnlyKeys("Accept");
  }

  @Test
  void keepsAnUpgrade() {
    Headers headers =
        Headers.builder()
            .add("upgrade", "SPDY/3.1")
            .add("connection", "Upgrade, X-Y")
            .add("x-y", "1")
            .build();

    assertThat(headers.cleaned().asMap())
        .isEqualTo(Map.of("Upgrade", List.of("SPDY/3.1"), "Connection", List.of("upgrade")));
    assertThat(headers.isUpgrade()).isTrue();
    assertThat(Headers.builder().build().isUpgrade()).isFalse();
  }

  @Test
  void showsNamesOnly() {
    assertThat(Headers.builder().add("authorization", "canary").build())
        .hasToString("[Authorization]");
  }

  @Test
  void decodesAndEncodesAQuery() {
    Map<String, Values> query = Query.decode("a=1&b=x%20y&a=2+3&c&&d=%26");

    assertThat(query).containsEntry("a", values("1", "2 3"));
    assertThat(query).containsEntry("c", values(""));
    assertThat(Query.encode(query)).isEqualTo("a=1&a=2+3&b=x+y&c=&d=%26");
  }

  @Test
  void cutsABodyIntoPieces() {
    var sizes = new ArrayList<Integer>();

    HttpMessages.pieces(new byte[0], piece -> sizes.add(piece.size()));
    HttpMessages.pieces(new byte[2 * HttpMessages.CHUNK + 1], piece -> sizes.add(piece.size()));

    assertThat(sizes).containsExactly(32768, 32768, 1);
  }

  @Test
  void alwaysSaysTheLengthOfABody() {
    var request =
        HttpMessages.request("GET", Headers.builder().build(), "/", Map.of(), Optional.empty(), 0);

    assertThat(request.getHeader().hasContentLength()).isTrue();
    assertThat(request.getHeader().hasExtra()).isFalse();
    assertThat(
            HttpMessages.response(404, "Not Found", Headers.builder().build())
                .getHeader()
                .getResponse()
                .getStatus())
        .isEqualTo("404 Not Found");
  }

  private static Values values(String... values) {
    return Values.newBuilder().addAllValue(List.of(values)).build();
  }
}
