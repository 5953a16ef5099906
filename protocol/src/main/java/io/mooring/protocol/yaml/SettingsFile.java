package io.mooring.protocol.yaml;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.mooring.protocol.SettingException;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;

/** Reads a program's configuration file down to its nodes. */
final class SettingsFile {

  private SettingsFile() {}

  static Settings read(String option, Path file, int maxBytes) throws InvalidDocumentException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] content = in.readNBytes(maxBytes + 1);
      if (content.length > maxBytes) {
        throw new SettingException(
            option,
            "%s is larger than %d KiB (expected: a configuration)"
                .formatted(file, maxBytes / 1024));
      }
      return root(file, content);
    } catch (IOException e) {
      throw new SettingException(
          option, file + " cannot be read: " + e + " (expected: a YAML file)", e);
    }
  }

  private static Settings root(Path file, byte[] content) throws InvalidDocumentException {
    try {
      String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
      LoaderOptions options = new LoaderOptions();
      options.setAllowDuplicateKeys(false);
      options.setMaxAliasesForCollections(0);
      Iterable<Node> documents =
          new Yaml(new SafeConstructor(options)).composeAll(new StringReader(text));
      for (Node node : documents) {
        if (node instanceof MappingNode mapping) {
          return new Settings(file, "", mapping);
        }
        throw refused(file, node.getStartMark(), "not a mapping", "settings with their names");
      }
      return new Settings(file, "", new Mark("", 0, 0, 0, new int[0], 0));
    } catch (CharacterCodingException e) {
      throw refused(file, null, "not UTF-8", "a YAML file in UTF-8");
    } catch (MarkedYAMLException e) {
      throw refused(file, e.getProblemMark(), "not YAML: " + e.getProblem(), "YAML");
    } catch (YAMLException e) {
      throw refused(file, null, "not YAML: " + e.getMessage(), "YAML");
    }
  }

  private static InvalidDocumentException refused(
      Path file, @org.jspecify.annotations.Nullable Mark mark, String message, String expected) {
    return new InvalidDocumentException(
        List.of(
            new Problem(
                file.toString(),
                mark == null ? 0 : mark.getLine() + 1,
                mark == null ? 0 : mark.getColumn() + 1,
                "",
                message,
                expected)));
  }
}
