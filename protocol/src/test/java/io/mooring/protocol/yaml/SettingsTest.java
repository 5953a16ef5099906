package io.mooring.protocol.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.protocol.SettingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {

  private static final int MAX_BYTES = 1024;

  @TempDir private Path folder;

  private Settings read(String text) throws IOException, InvalidDocumentException {
    return Settings.read("--file", Files.writeString(folder.resolve("x.yaml"), text), MAX_BYTES);
  }

  @Test
  void givesEachSettingItsType() throws Exception {
    Settings settings =
        read(
            """
            name: a
            port: 80
            on: true
            wait: 1.5s
            file: sub/key
            list: [x, y]
            none:
            inner:
              url: http://host:1
            items:
            - name: first
            - name: second
            """);

    assertThat(settings.required("name")).isEqualTo("a");
    assertThat(settings.integer("port")).contains(80);
    assertThat(settings.flag("on")).contains(true);
    assertThat(settings.seconds("wait")).contains(Duration.ofMillis(1500));
    assertThat(settings.path("file")).contains(folder.resolve("sub/key"));
    assertThat(settings.texts("list")).contains(List.of("x", "y"));
    assertThat(settings.texts("lists")).isEmpty();
    assertThat(settings.has("none")).isTrue();
    assertThat(settings.text("none")).isEmpty();
    assertThat(settings.mapping("inner").url("url").orElseThrow()).hasHost("host");
    assertThat(settings.mappings("items")).hasSize(2);
    assertThat(settings.mappings("items").get(1).required("name")).isEqualTo("second");
  }

  @Test
  void namesWhatNobodyAskedForWithItsPosition() throws Exception {
    Settings settings = read("known: 1\ninner:\n  knwon: 2\n");
    settings.text("known");
    settings.mapping("inner").text("known");

    assertThatThrownBy(settings::refuseUnknown)
        .isInstanceOf(InvalidDocumentException.class)
        .hasMessageEndingWith("x.yaml:3:3: inner.knwon: unknown setting (expected: known)");
  }

  @Test
  void givesARefusedSettingItsPosition() throws Exception {
    Settings settings = read("items:\n- size: 7\n");
    Settings item = settings.mappings("items").getFirst();

    assertThatThrownBy(() ->
            item.checked(
                "items[]",
                () -> {
                  throw new SettingException("items[].size", "7 (expected: even)");
                }))
        .hasMessageEndingWith("x.yaml:2:9: items[0].size: 7 (expected: even)");
  }

  @Test
  void refusesWhatHasTheWrongType() throws Exception {
    Settings settings = read("port: many\nlist: one\ninner: text\nflag: 2\n");

    assertThatThrownBy(() -> settings.integer("port"))
        .hasMessageEndingWith("x.yaml:1:7: port: many (expected: a whole number)");
    assertThatThrownBy(() -> settings.texts("list")).hasMessageContaining("expected: a list");
    assertThatThrownBy(() -> settings.mapping("inner")).hasMessageContaining("not a mapping");
    assertThatThrownBy(() -> settings.flag("flag")).hasMessageContaining("true or false");
  }

  @Test
  @Tag("fault-46")
  void refusesWhatIsNoSettingsFile() {
    assertThatThrownBy(() -> read("- a\n")).hasMessageContaining("not a mapping");
    assertThatThrownBy(() -> read("a: 1\na: 2\n"))
        .hasMessageContaining("x.yaml:2:1: a: there twice");
    assertThatThrownBy(() -> read("a: [\n")).hasMessageContaining("not YAML");
    assertThatThrownBy(() -> read("a: &x {b: 1}\nc: *x\nd: *x\n")).hasMessageContaining("not YAML");
    assertThatThrownBy(() -> read("a".repeat(MAX_BYTES + 1))).hasMessageContaining("larger than");
    assertThatThrownBy(() -> Settings.read("--file", folder.resolve("missing"), MAX_BYTES))
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith("--file: ");
  }

  @Test
  void takesAnEmptyFileForOneWithoutSettings() throws Exception {
    assertThat(read("# nothing\n").isEmpty()).isTrue();
  }
}
