package io.mooring.gitlab.web.html;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HtmlTest {
  @Test
  void escapesWhatIsFilledIn() {
    Html html = Html.of("<p title=\"{}\">{}</p>", "\"><script>", "<b>&'</b>");

    assertThat(html.markup())
        .isEqualTo("<p title=\"&quot;&gt;&lt;script&gt;\">&lt;b&gt;&amp;&#39;&lt;/b&gt;</p>");
  }

  @Test
  void takesMarkupListsAndOptionalsBetweenTags() {
    Html html =
        Html.of(
            "<ul>{}{}{}</ul>",
            List.of(Html.of("<li>{}</li>", 1), Html.of("<li>{}</li>", 2)),
            Optional.empty(),
            Optional.of("<"));

    assertThat(html.markup()).isEqualTo("<ul><li>1</li><li>2</li>&lt;</ul>");
  }

  @Test
  void refusesMarkupInAnAttribute() {
    assertThatThrownBy(() -> Html.of("<p title=\"{}\"></p>", Html.of("<b></b>")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has no place here");
  }

  @Test
  void takesOnlyLinksWhereABrowserGoes() {
    assertThatThrownBy(() -> Html.of("<a href=\"{}\">x</a>", "javascript:alert(1)"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Link("javascript:alert(1)"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected: a path, or http");
    assertThatThrownBy(() -> new Link("//elsewhere.example"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void refusesPlacesThatNothingMakesSafe() {
    assertThatThrownBy(() -> Html.of("<p title={}></p>", "x"))
        .hasMessageContaining("without quotes");
    assertThatThrownBy(() -> Html.of("<p onclick=\"{}\"></p>", "x"))
        .hasMessageContaining("onclick takes no value");
    assertThatThrownBy(() -> Html.of("<p style=\"{}\"></p>", "x"))
        .hasMessageContaining("style takes no value");
    assertThatThrownBy(() -> Html.of("<p {}></p>", "x")).hasMessageContaining("expected:");
    assertThatThrownBy(() -> Html.of("{}", "x", "y")).hasMessageContaining("expected: 1");
  }

  @Test
  void encodesValuesOfAddresses() {
    assertThat(Link.to("/{}/-/blob/{}?ref={}", "a/b c", "x#y?.yaml", "a/b").address())
        .isEqualTo("/a/b%20c/-/blob/x%23y%3F.yaml?ref=a%2Fb");
    assertThat(Link.to("/a").with("n", "1&2").with("m", 3).address()).isEqualTo("/a?n=1%262&m=3");
  }
}
