package io.mooring.gitlab.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

class ParametersProperties {
  @Property
  @Tag("wire-79")
  void aNumberIsTheSameAsANumberAndAsText(@ForAll long value) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    object.put("n", value).put("t", Long.toString(value));

    Parameters parameters = Parameters.of(object);

    assertThat(parameters.number("n")).contains(value);
    if (Math.abs((double) value) < 1e18) {
      assertThat(parameters.number("t")).contains(value);
      parameters.check();
    }
  }

  @Property
  void aTextIsItselfOrRefused(@ForAll String text) {
    ObjectNode object = JsonNodeFactory.instance.objectNode().put("t", text);
    Parameters parameters = Parameters.of(object);

    boolean readable = parameters.text("t").filter(text::equals).isPresent();

    if (readable) {
      parameters.check();
      assertThat(text).doesNotContain("\0");
    } else {
      assertThat(text).contains("\0");
      assertThatThrownBy(parameters::check).isInstanceOf(ApiException.class);
    }
  }

  @Property
  void anythingIsAWholeNumberOrNone(@ForAll String text) {
    Parameters.wholeNumber(JsonNodeFactory.instance.stringNode(text))
        .ifPresent(number -> assertThat(Long.parseLong(text)).isEqualTo(number));
  }
}
