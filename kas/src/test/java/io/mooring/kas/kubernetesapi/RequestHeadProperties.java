package io.mooring.kas.kubernetesapi;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.ReferenceCountUtil;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.Tuple;

/** Whatever comes is a request that keeps to the rules, or is refused as declared. */
class RequestHeadProperties {
  @Provide
  Arbitrary<String> heads() {
    Arbitrary<String> fragments =
        Arbitraries.of(
            "GET ",
            "POST ",
            "/api",
            " HTTP/1.1",
            " HTTP/1.0",
            "\r\n",
            "\n",
            "Host: a\r\n",
            "Content-Length: ",
            "5",
            "+",
            "Transfer-Encoding: chunked\r\n",
            "Expect: 100-continue\r\n",
            "Upgrade: h2c\r\n",
            "Impersonate_User: a\r\n",
            "X: \u00ff\r\n",
            " folded\r\n",
            "\r\n\r\n");
    Arbitrary<String> noise =
        Arbitraries.strings().withCharRange('\0', '\u00ff').ofMinLength(1).ofMaxLength(4);
    Arbitrary<String> mixed =
        Arbitraries.frequencyOf(Tuple.of(9, fragments), Tuple.of(1, noise))
            .list()
            .ofMaxSize(15)
            .map(parts -> String.join("", parts));
    return Arbitraries.oneOf(
        mixed, mixed.map(rest -> "GET /api HTTP/1.1\r\nHost: a\r\n" + rest + "\r\n\r\n"));
  }

  @Property(tries = 2_000)
  @Tag("fault-18")
  @Tag("fault-64")
  void whateverComesIsARequestOrRefused(@ForAll("heads") String text) {
    EmbeddedChannel channel = new EmbeddedChannel(new StrictDecoder(Limits.STANDARD, () -> {}));
    channel.writeInbound(Unpooled.wrappedBuffer(text.getBytes(ISO_8859_1)));

    for (Object read = channel.readInbound(); read != null; read = channel.readInbound()) {
      if (read instanceof HttpRequest request) {
        judge(request);
      }
      ReferenceCountUtil.release(read);
    }
    channel.finishAndReleaseAll();
  }

  private static void judge(HttpRequest request) {
    try {
      RequestHead head = RequestHead.read(request);
      assertThat(HeaderText.isToken(head.method())).isTrue();
      assertThat(head.length()).isGreaterThanOrEqualTo(-1);
      assertThat(head.header("Host")).hasSizeLessThanOrEqualTo(1);
      RequestHeaders.checkImpersonation(head);
      assertThat(RequestHeaders.forwarded(head, "via").keySet())
          .contains("Via")
          .doesNotContain("Host", "Authorization", "Transfer-Encoding", "Expect")
          .allMatch(HeaderText::isToken)
          .noneMatch(name -> HeaderText.folded(name).startsWith("x-remote-"));
    } catch (MalformedRequestException e) {
      assertThat(e.refusal().status()).isBetween(400, 505);
    }
  }

  @Provide
  Arbitrary<String> targets() {
    return Arbitraries.of(
            "/", "//", ".", "..", "%2e", "%2F", "%00", "%", "%25", "p", "?", "&", "=", ";", "http:",
            "@", "[::1]", ":80", "%c3%a9", "%ff", "\\", "#", "*", "\u00e9")
        .list()
        .ofMaxSize(12)
        .map(parts -> String.join("", parts));
  }

  @Property(tries = 4_000)
  @Tag("fault-19")
  @Tag("fault-64")
  void noPathLeadsOutOfThePrefix(@ForAll("targets") String rest) {
    for (String text : List.of(rest, "/p/" + rest)) {
      try {
        Target target = Target.parse(text);
        target
            .under("/p/")
            .ifPresent(path ->
                assertThat(path)
                    .startsWith("/")
                    .doesNotStartWith("//")
                    .doesNotContainPattern("/\\.{1,2}(/|$)")
                    .doesNotContain("\0"));
      } catch (MalformedRequestException e) {
        assertThat(e.refusal().status()).isEqualTo(400);
      }
    }
  }

  @Property(tries = 2_000)
  @Tag("fault-15")
  void everyLocationStaysUnderThePrefix(@ForAll("targets") String place) {
    ResponseHeaders.location(List.of(place), "/p/")
        .ifPresent(told -> {
          assertThat(told).doesNotContain("..").doesNotStartWith("//").doesNotContain("\\");
          assertThat(told.startsWith("/p/") || !told.startsWith("/")).isTrue();
        });
  }

  @Property(tries = 1_000)
  @Tag("wire-77")
  @Tag("fault-64")
  void everyAcceptHasAnAnswer(@ForAll List<String> accept) {
    StatusFormat.negotiate(accept)
        .ifPresent(format ->
            assertThat(format.encode(Refusal.badRequest(String.join("", accept)))).isNotEmpty());
  }
}
