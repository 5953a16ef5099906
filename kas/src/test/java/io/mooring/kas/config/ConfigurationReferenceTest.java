package io.mooring.kas.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import io.mooring.wire.kascfg.ConfigurationFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConfigurationReferenceTest {
  private static final Path PAGE = Path.of("..", "docs", "configuration-kas.md");

  @Test
  void isCommittedAsTheCodeSays() throws IOException {
    String expected = ConfigurationReference.markdown();

    assertThat(Files.readString(PAGE))
        .as("docs/configuration-kas.md is old: run ConfigurationReference with its path")
        .isEqualTo(expected);
  }

  @Test
  void namesEveryFieldOfTheSchema() {
    String page = ConfigurationReference.markdown();

    assertThat(fields(ConfigurationFile.getDescriptor(), ""))
        .allSatisfy(field -> {
          int dot = field.lastIndexOf('.');
          assertThat(page).contains("`" + field.substring(dot + 1) + "`");
        });
  }

  private static List<String> fields(Descriptor type, String path) {
    List<String> found = new ArrayList<>();
    for (FieldDescriptor field : type.getFields()) {
      String name = path + field.getName();
      boolean section =
          field.getJavaType() == JavaType.MESSAGE
              && field.getMessageType().getFullName().startsWith("gitlab.agent.kascfg");
      boolean unused =
          List.of("tracing", "sentry", "google_profiler", "remote_development")
              .contains(field.getName());
      if (section && !unused) {
        found.addAll(fields(field.getMessageType(), name + "."));
      } else {
        found.add(name);
      }
    }
    return found;
  }
}
