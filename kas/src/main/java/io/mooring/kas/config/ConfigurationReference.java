package io.mooring.kas.config;

import io.mooring.wire.kascfg.ConfigurationFile;
import io.mooring.wire.kascfg.GitLabCF;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;

/** Writes {@code docs/configuration-kas.md} from what the records say when they are read. */
public final class ConfigurationReference {
  private static final String HEAD =
      """
      # Configuration of kas

      After reading this you can write the file that `kas --configuration-file` takes and know what every field does.

      The file is YAML. It is read once, at start; a field that is not in this list, a value of the wrong type or
      out of its range stops the start with file, line and column. Durations are seconds with an `s`: `300s`, `0.5s`.
      A text or number that is empty or zero, and a duration that is absent, takes the default.

      The smallest file:

      ```yaml
      gitlab:
        address: https://gitlab.example.com
        authentication_secret_file: /etc/kas/gitlab-secret
      api:
        listen:
          authentication_secret_file: /etc/kas/api-secret
      private_api:
        listen:
          authentication_secret_file: /etc/kas/private-api-secret
      ```

      Secrets are files of base64 text: `head -c 32 /dev/urandom | base64 > gitlab-secret`.

      This page is generated from the code that reads the file.
      """;

  private ConfigurationReference() {}

  /**
   * Writes the page.
   *
   * @param arguments the file to write
   */
  public static void main(String[] arguments) throws IOException {
    Files.writeString(Path.of(arguments[0]), markdown(), StandardCharsets.UTF_8);
  }

  /** The whole page. */
  static String markdown() {
    StringBuilder page = new StringBuilder(HEAD);
    String section = "";
    for (Setting setting : settings()) {
      String parent = parent(setting.path());
      if (!parent.equals(section)) {
        section = parent;
        page.append("\n## `").append(section).append("`\n\n");
        page.append("| Field | Type | Default | Meaning |\n|---|---|---|---|\n");
      }
      page.append(row(setting));
    }
    return page.toString();
  }

  private static List<Setting> settings() {
    SettingLog log = new SettingLog(true);
    ConfigurationFile sample =
        ConfigurationFile.newBuilder()
            .setGitlab(GitLabCF.newBuilder().setAddress("https://gitlab.example.com"))
            .build();
    KasConfiguration.read(new Section("", sample, log));
    return log.settings().stream()
        .distinct()
        .sorted(Comparator.comparing(setting -> parent(setting.path())))
        .toList();
  }

  private static String parent(String path) {
    int dot = path.lastIndexOf('.');
    return dot < 0 ? "(root)" : path.substring(0, dot);
  }

  private static String row(Setting setting) {
    String name = setting.path().substring(setting.path().lastIndexOf('.') + 1);
    String type =
        setting.rule().isEmpty() ? setting.type() : setting.type() + " (" + setting.rule() + ")";
    String fallback = setting.fallback().isEmpty() ? "" : "`" + setting.fallback() + "`";
    return "| `" + name + "` | " + type + " | " + fallback + " | " + setting.description() + " |\n";
  }
}
