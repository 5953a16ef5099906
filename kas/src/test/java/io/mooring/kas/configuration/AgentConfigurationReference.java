package io.mooring.kas.configuration;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import io.mooring.wire.agentcfg.ConfigurationFile;
import io.mooring.wire.validate.Rules;
import io.mooring.wire.validate.ValidateProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Writes {@code docs/configuration-agent.md} from the schema that kas judges the file by. */
final class AgentConfigurationReference {
  /** The schema with its comments, seen from the module's folder. */
  static final Path SCHEMA = Path.of("../protocol/src/main/proto/agentcfg.proto");

  /** The page, seen from the module's folder. */
  static final Path PAGE = Path.of("../docs/configuration-agent.md");

  private static final String HEAD =
      """
      # Configuration of an agent

      After reading this you can write the file that tells an agent what to do, and know what every field does.

      The file is `.gitlab/agents/<agent name>/config.yaml` on the default branch of the project the agent was
      registered in. The agent gets every new commit as soon as it is pushed, without a restart.

      ```yaml
      gitops:
        manifest_projects:
        - id: group/manifests
          default_namespace: app
          paths:
          - glob: production/**/*.yaml
          prune: true
      observability:
        logging:
          level: info
      ci_access:
        projects:
        - id: group/app
          access_as:
            ci_job: {}
      ```

      - A missing or empty file is an empty configuration: the agent runs and does nothing.
      - A field that is not in this list, or a value of the wrong type or out of its range, is refused with file,
        line and column. The agent keeps the last good configuration; the error is in its log, in that of kas, and
        in GitLab.
      - The file is YAML 1.1 and may have 128 KiB (`agent.configuration.max_configuration_file_size` of kas). Of two
        equal keys the last counts. Only the first document is read.
      - Durations are seconds with an `s`: `300s`, `0.5s`. `5m` is refused.

      - Every section below is read and checked as by GitLab's own agent. This version acts on `gitops` and
        `observability`; GitLab is given the whole file.

      This page is generated from the schema.
      """;

  private static final Pattern DEFAULT = Pattern.compile("(.*?)\\s*Default: (.+?)\\.?");

  private final ProtoComments comments;
  private final StringBuilder page = new StringBuilder(HEAD);

  private AgentConfigurationReference(ProtoComments comments) {
    this.comments = comments;
  }

  /** The whole page. */
  static String markdown() throws IOException {
    var reference = new AgentConfigurationReference(new ProtoComments(Files.readString(SCHEMA)));
    reference.section("", ConfigurationFile.getDescriptor());
    return reference.page.toString();
  }

  private void section(String path, Descriptor message) {
    if (message.getFields().isEmpty()) {
      return;
    }
    page.append("\n## ").append(path.isEmpty() ? "The file" : "`" + path + "`").append("\n\n");
    List<FieldDescriptor> choice =
        message.getFields().stream().filter(AgentConfigurationReference::isChoice).toList();
    if (!choice.isEmpty()) {
      page.append("Exactly one of these.\n\n");
    }
    page.append("| Field | Type | Default | Meaning |\n|---|---|---|---|\n");
    message.getFields().forEach(this::row);
    for (FieldDescriptor field : message.getFields()) {
      if (isSection(field)) {
        String prefix = path.isEmpty() ? "" : path + ".";
        section(
            prefix + field.getName() + (field.isRepeated() ? "[]" : ""), field.getMessageType());
      }
    }
  }

  private void row(FieldDescriptor field) {
    String comment = comments.of(field.getContainingType().getName(), field.getName());
    Matcher matcher = DEFAULT.matcher(comment);
    boolean hasDefault = matcher.matches();
    String meaning = hasDefault ? matcher.group(1) : comment;
    String fallback = hasDefault ? matcher.group(2) : "";
    page.append("| `").append(field.getName()).append("` | ").append(type(field)).append(" | ");
    page.append(cell(fallback)).append(" | ").append(cell(meaning)).append(" |\n");
  }

  private static String type(FieldDescriptor field) {
    List<String> rules = new ArrayList<>();
    Rules own = field.getOptions().getExtension(ValidateProto.rules);
    rules(own, rules);
    if (field.isRepeated()) {
      rules(own.getEach(), rules);
    }
    String name =
        switch (field.getJavaType()) {
          case MESSAGE -> isSection(field) ? "section" : "duration";
          case ENUM ->
              field.getEnumType().getValues().stream()
                  .map(value -> "`" + value.getName() + "`")
                  .collect(Collectors.joining(", "));
          case BOOLEAN -> "true or false";
          case STRING -> "text";
          case INT, LONG, FLOAT, DOUBLE -> "number";
          case BYTE_STRING -> throw new IllegalStateException("no YAML type for " + field);
        };
    String type = field.isRepeated() ? "list of " + name + "s" : name;
    return rules.isEmpty() ? type : type + " (" + String.join(", ", rules) + ")";
  }

  private static void rules(Rules rules, List<String> texts) {
    if (rules.getMinBytes() > 0) {
      texts.add("not empty");
    }
    if (rules.getMinItems() > 0) {
      texts.add("at least " + rules.getMinItems());
    }
    if (rules.getInCount() > 0) {
      texts.add(
          rules.getInList().stream()
              .filter(value -> !value.isEmpty())
              .map(value -> "`" + value + "`")
              .collect(Collectors.joining(", ")));
    }
    if (rules.hasGt()) {
      texts.add("more than " + rules.getGt());
    }
  }

  private static boolean isChoice(FieldDescriptor field) {
    var oneof = field.getRealContainingOneof();
    return oneof != null && oneof.getFieldCount() > 1;
  }

  private static boolean isSection(FieldDescriptor field) {
    return field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
        && field.getMessageType().getFullName().startsWith("gitlab.agent.agentcfg.");
  }

  private static String cell(String text) {
    return text.replace("|", "\\|").replace("*", "\\*");
  }
}
