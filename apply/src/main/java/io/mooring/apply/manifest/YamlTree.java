package io.mooring.apply.manifest;

import io.mooring.apply.object.Json;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Turns one composed YAML document into a JSON tree, counting what aliases make of it. One instance
 * a document, used by one thread.
 */
final class YamlTree {
  private final YamlPlaces places;
  private final List<Problem> warnings;
  private final Set<Node> seen = Collections.newSetFromMap(new IdentityHashMap<>());
  private int values;
  private int aliasedValues;

  YamlTree(YamlPlaces places, List<Problem> warnings) {
    this.places = places;
    this.warnings = warnings;
  }

  @Nullable Object read(Node root) throws MalformedDocumentException {
    return value(root, 1, false);
  }

  private @Nullable Object value(Node node, int depth, boolean inAlias)
      throws MalformedDocumentException {
    boolean aliased = !seen.add(node) || inAlias;
    count(node, depth, aliased);
    return switch (node) {
      case ScalarNode scalar -> scalar(scalar);
      case SequenceNode sequence -> {
        checkTag(node, Tag.SEQ);
        List<@Nullable Object> list = new ArrayList<>(sequence.getValue().size());
        for (Node item : sequence.getValue()) {
          list.add(value(item, depth + 1, aliased));
        }
        yield list;
      }
      case MappingNode mapping -> {
        checkTag(node, Tag.MAP);
        yield map(mapping, depth, aliased);
      }
      default -> throw malformed(node, "this cannot be read", "a value, a list or a map");
    };
  }

  private void count(Node node, int depth, boolean aliased) throws MalformedDocumentException {
    if (depth > Json.MAX_DEPTH) {
      throw malformed(node, "more than " + Json.MAX_DEPTH + " levels deep", "a flatter document");
    }
    if (++values > Limits.MAX_VALUES) {
      throw malformed(node, "more than " + Limits.MAX_VALUES + " values in one document", "less");
    }
    if (aliased && ++aliasedValues > Limits.MAX_ALIASED_VALUES) {
      throw malformed(
          node,
          "aliases expand to more than " + Limits.MAX_ALIASED_VALUES + " values",
          "fewer aliases");
    }
  }

  private Map<String, @Nullable Object> map(MappingNode mapping, int depth, boolean aliased)
      throws MalformedDocumentException {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    Map<String, @Nullable Object> merged = new LinkedHashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      Node key = tuple.getKeyNode();
      if (key.getTag().equals(Tag.MERGE)) {
        merge(tuple.getValueNode(), depth, merged);
        continue;
      }
      String name = key(key);
      if (map.containsKey(name)) {
        warnings.add(
            Problem.at(
                places.of(key), "the key \"" + name + "\" stands twice; the last one counts"));
      }
      map.put(name, value(tuple.getValueNode(), depth + 1, aliased));
    }
    merged.forEach(map::putIfAbsent);
    return map;
  }

  private void merge(Node from, int depth, Map<String, @Nullable Object> into)
      throws MalformedDocumentException {
    List<Node> maps = from instanceof SequenceNode sequence ? sequence.getValue() : List.of(from);
    for (Node node : maps) {
      if (!(node instanceof MappingNode mapping)) {
        throw malformed(node, "<< merges something that is not a map", "a map or a list of maps");
      }
      count(node, depth + 1, true);
      map(mapping, depth + 1, true).forEach(into::putIfAbsent);
    }
  }

  private String key(Node node) throws MalformedDocumentException {
    count(node, 1, false);
    Object key = node instanceof ScalarNode scalar ? scalar(scalar) : null;
    return switch (key) {
      case String text -> text;
      // Go's reader writes such keys the way JSON writes the value: "y: 1" has the key "true".
      case Boolean flag -> flag.toString();
      case Number number -> number.toString();
      case null, default ->
          throw malformed(node, "a key of a map is not a text", "a text before the colon");
    };
  }

  private @Nullable Object scalar(ScalarNode node) throws MalformedDocumentException {
    Tag tag = node.getTag();
    String value = node.getValue();
    if (tag.equals(Tag.STR) || tag.equals(Tag.TIMESTAMP) || tag.equals(Tag.MERGE)) {
      return value;
    }
    if (tag.equals(Tag.NULL)) {
      return null;
    }
    if (tag.equals(Tag.BOOL)) {
      return GoScalars.bool(value)
          .orElseThrow(() -> malformed(node, "this is no !!bool", "true or false"));
    }
    if (tag.equals(Tag.INT)) {
      return GoScalars.integer(value)
          .orElseThrow(() -> malformed(node, "this is no !!int", "an integer of 64 bits"));
    }
    if (tag.equals(Tag.FLOAT)) {
      return GoScalars.real(value)
          .or(() -> GoScalars.integer(value))
          .orElseThrow(() -> malformed(node, "JSON knows no such number", "a finite number"));
    }
    throw malformed(node, "the tag " + tag + " is not known here", "no tag, or one of YAML's own");
  }

  private void checkTag(Node node, Tag own) throws MalformedDocumentException {
    if (!node.getTag().equals(own)) {
      throw malformed(
          node, "the tag " + node.getTag() + " is not known here", "no tag, or one of YAML's own");
    }
  }

  private MalformedDocumentException malformed(Node node, String message, String expected) {
    return new MalformedDocumentException(new Problem(places.of(node), message, expected));
  }
}
