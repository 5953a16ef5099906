package io.mooring.kas.config;

import io.mooring.protocol.SettingException;
import io.mooring.protocol.yaml.Problem;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;

/** Finds where a field stands in a file that has been parsed without problems. */
final class Positions {
  private final String file;
  private final @Nullable Node root;

  Positions(String file, byte[] content) {
    this.file = file;
    this.root =
        new Yaml(new LoaderOptions())
            .compose(new StringReader(new String(content, StandardCharsets.UTF_8)));
  }

  /** The problem of a setting whose message begins with its path. */
  Problem problem(SettingException e) {
    String text = String.valueOf(e.getMessage());
    return problem(e.setting(), text.substring(Math.min(text.length(), e.setting().length() + 2)));
  }

  /** A problem at the field, or at the nearest section that is there. */
  Problem problem(String path, String message) {
    Node nearest = root;
    if (nearest == null) {
      return new Problem(file, 0, 0, path, message, "");
    }
    for (String name : path.split("\\.", -1)) {
      Optional<Node> next = child(nearest, name);
      if (next.isEmpty()) {
        break;
      }
      nearest = next.get();
    }
    return new Problem(
        file,
        nearest.getStartMark().getLine() + 1,
        nearest.getStartMark().getColumn() + 1,
        path,
        message,
        "");
  }

  private static Optional<Node> child(Node node, String name) {
    if (node instanceof MappingNode mapping) {
      for (NodeTuple entry : mapping.getValue()) {
        if (entry.getKeyNode() instanceof ScalarNode key && key.getValue().equals(name)) {
          return Optional.of(entry.getValueNode());
        }
      }
    }
    return Optional.empty();
  }
}
