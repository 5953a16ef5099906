package io.mooring.gitlab.configuration;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * One mapping of a YAML file, read setting by setting. What was not asked for when {@link #close()}
 * is called is refused, so that a misspelt setting never passes in silence. Not thread-safe.
 */
final class YamlSection implements AutoCloseable {
  private final String file;
  private final String path;
  private final Map<String, Node> keys = new LinkedHashMap<>();
  private final Map<String, Node> values = new LinkedHashMap<>();
  private final Set<String> known = new TreeSet<>();

  private YamlSection(String file, String path) {
    this.file = file;
    this.path = path;
  }

  static YamlSection of(String file, String path, Node node) {
    var section = new YamlSection(file, path);
    if (!(node instanceof MappingNode mapping)) {
      throw section.problem(node, path, "not a mapping", "settings with values");
    }
    for (var tuple : mapping.getValue()) {
      if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
        throw section.problem(
            tuple.getKeyNode(), path, "a key that is no name", "a setting's name");
      }
      if (section.keys.put(key.getValue(), key) != null) {
        throw section.problem(key, section.name(key.getValue()), "written twice", "once");
      }
      section.values.put(key.getValue(), tuple.getValueNode());
    }
    return section;
  }

  static YamlSection empty(String file, String path) {
    return new YamlSection(file, path);
  }

  Optional<String> text(String key) {
    return value(key)
        .map(node -> {
          if (node instanceof ScalarNode scalar) {
            return scalar.getValue();
          }
          throw problem(node, name(key), "not a single value", "text");
        });
  }

  /**
   * A value made from text by a function that throws {@code IllegalArgumentException} for what it
   * refuses.
   */
  <T> Optional<T> value(String key, String expected, Function<String, T> reader) {
    return text(key)
        .map(text -> {
          try {
            return reader.apply(text);
          } catch (IllegalArgumentException e) {
            throw problem(position(key), name(key), text, expected);
          }
        });
  }

  Optional<List<String>> texts(String key) {
    return value(key)
        .map(node -> {
          if (!(node instanceof SequenceNode sequence)) {
            throw problem(node, name(key), "not a list", "a list");
          }
          var texts = new ArrayList<String>();
          for (Node item : sequence.getValue()) {
            if (!(item instanceof ScalarNode scalar)) {
              throw problem(item, name(key), "not a single value", "text");
            }
            texts.add(scalar.getValue());
          }
          return texts;
        });
  }

  /** The section of this name; an absent one has no settings. */
  YamlSection section(String key) {
    return value(key)
        .map(node -> of(file, name(key), node))
        .orElseGet(() -> empty(file, name(key)));
  }

  boolean has(String key) {
    return values.containsKey(key);
  }

  /** All names in this section, all of which count as known from now on. */
  Set<String> names() {
    known.addAll(values.keySet());
    return Set.copyOf(values.keySet());
  }

  /** Where a setting stands: its value, or the section when it is absent. */
  ConfigurationException problem(String key, String value, String expected) {
    return problem(position(key), name(key), value, expected);
  }

  /** Refuses settings that nobody asked for. */
  @Override
  public void close() {
    for (var entry : keys.entrySet()) {
      if (!known.contains(entry.getKey())) {
        throw problem(
            entry.getValue(), name(entry.getKey()), "unknown setting", String.join(", ", known));
      }
    }
  }

  private Optional<Node> value(String key) {
    known.add(key);
    return Optional.ofNullable(values.get(key))
        .filter(node -> !node.getTag().equals(org.yaml.snakeyaml.nodes.Tag.NULL));
  }

  private Optional<Node> position(String key) {
    return Optional.ofNullable(values.get(key));
  }

  private String name(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  private ConfigurationException problem(Node node, String name, String value, String expected) {
    return problem(Optional.of(node), name, value, expected);
  }

  private ConfigurationException problem(
      Optional<Node> node, String name, String value, String expected) {
    Optional<Mark> mark = node.map(Node::getStartMark);
    return new ConfigurationException(
        file,
        mark.map(m -> m.getLine() + 1).orElse(0),
        mark.map(m -> m.getColumn() + 1).orElse(0),
        (name.isEmpty() ? "" : name + ": ") + value + " (expected: " + expected + ")");
  }
}
