package io.mooring.gitlab.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.mooring.gitlab.GitLabUnderTest;
import io.mooring.gitlab.GitLabUnderTest.Running;
import io.mooring.gitlab.http.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** What the cluster page writes as YAML, read again by somebody else. */
@ExtendWith(GitLabUnderTest.class)
class ClusterYamlTest {
  private static final int OBJECTS = 300;
  private static final int DEEPEST = 4;

  private static final List<String> ODD =
      List.of(
          "",
          " ",
          "a",
          "yes",
          "Off",
          "null",
          "~",
          "1",
          "1e3",
          "0x1f",
          ".5",
          "-",
          "- x",
          "a: b",
          "a:",
          "a #b",
          "# c",
          "[x]",
          "{y}",
          "*a",
          "&a",
          "!t",
          "%d",
          "@x",
          "`y",
          "=",
          "<<",
          "?",
          "2026-11-30",
          "12:30",
          "registry:5000/x@sha256:0",
          "app.kubernetes.io/name",
          "it's",
          "say \"no\"",
          "back\\slash",
          "tab\there",
          "line\nline",
          "line\nline\n",
          "ends\n\n",
          "\nbegins",
          "  indented\nmore",
          "blank \nmore",
          "a\n\n\nb",
          "a\n  b\n",
          "a\r\nb",
          "\u0000\u0007",
          "\u007f\u0085",
          "\u2028\u2029",
          "\ufeffmark",
          "emoji \ud83d\ude00",
          "# not a comment\nkey: value\n",
          "---\n",
          "...");

  @Test
  void readsAsTheObjectItWas(Running gitlab) {
    long seed = new Random().nextLong();
    var random = new Random(seed);
    try (Chromium chromium = Chromium.start()) {
      Page page = chromium.window(gitlab.application().url(), ColorScheme.LIGHT, 800, 600);
      page.navigate("/users/sign_in");
      for (int i = 0; i < OBJECTS; i++) {
        String json = Json.MAPPER.writeValueAsString(object(random, DEEPEST));

        Object text =
            page.evaluate(
                """
                async (json) => {
                  const base = document.querySelector('script[type=module]').src;
                  const { yaml } = await import(new URL('cluster-yaml.js', base));
                  return yaml(JSON.parse(json));
                }\
                """,
                json);

        Object read = new Yaml(new SafeConstructor(new LoaderOptions())).load(text.toString());
        assertThat(Json.MAPPER.readTree(Json.MAPPER.writeValueAsString(read)))
            .as("seed %d: %s", seed, text)
            .isEqualTo(Json.MAPPER.readTree(json));
      }
    }
  }

  private static Map<String, Object> object(Random random, int depth) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("kind", "Thing");
    for (int i = random.nextInt(5); i > 0; i--) {
      object.put(text(random), value(random, depth - 1));
    }
    return object;
  }

  private static Object value(Random random, int depth) {
    return switch (random.nextInt(depth > 0 ? 8 : 6)) {
      case 0 -> random.nextInt(-1000, 100_000);
      case 1 -> random.nextBoolean();
      case 2, 3, 4, 5 -> text(random);
      case 6 -> {
        List<Object> items = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          items.add(value(random, depth - 1));
        }
        yield items;
      }
      default -> random.nextInt(4) == 0 ? Map.of() : object(random, depth);
    };
  }

  private static String text(Random random) {
    return ODD.get(random.nextInt(ODD.size()));
  }
}
