package io.mooring.kas.configuration;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.protocol.yaml.Parsed;
import io.mooring.protocol.yaml.ProtoYaml;
import io.mooring.wire.agentcfg.ConfigurationFile;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

class AgentConfigurationReferenceTest {
  /**
   * {@code mvn -pl kas test -Dtest=AgentConfigurationReferenceTest -Ddocs.write=true} writes the
   * page anew.
   */
  private static final boolean WRITE = Boolean.getBoolean("docs.write");

  @Test
  void thePageSaysWhatTheSchemaSays() throws Exception {
    String page = AgentConfigurationReference.markdown();
    if (WRITE) {
      Files.writeString(AgentConfigurationReference.PAGE, page);
    }

    assertThat(Files.readString(AgentConfigurationReference.PAGE)).isEqualTo(page);
  }

  @Test
  void everyFieldIsExplained() throws Exception {
    assertThat(AgentConfigurationReference.markdown().lines())
        .noneMatch(line -> line.startsWith("| `") && line.endsWith("|  |  |"));
  }

  @Test
  void theExampleIsAGoodFile() throws Exception {
    String page = AgentConfigurationReference.markdown();
    String example = page.substring(page.indexOf("```yaml\n") + 8, page.indexOf("```\n\n"));

    Parsed<ConfigurationFile> file =
        ProtoYaml.parse(
            "config.yaml", example.getBytes(UTF_8), ConfigurationFile.getDefaultInstance());

    assertThat(file.warnings()).isEmpty();
    assertThat(file.message().getGitops().getManifestProjectsCount()).isEqualTo(1);
  }
}
