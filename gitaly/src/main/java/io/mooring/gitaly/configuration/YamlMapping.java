package io.mooring.gitaly.configuration;

import io.mooring.protocol.SettingException;
import io.mooring.protocol.yaml.InvalidDocumentException;
import io.mooring.protocol.yaml.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Settings of one mapping of a YAML file, each read once by its name; every error knows its
 * position. What nobody has read in the end is unknown. Used by one thread.
 */
final class YamlMapping {
  private static final Pattern SECONDS = Pattern.compile("([0-9]{1,9})(?:\\.([0-9]{1,9}))?s");
  private static final Pattern WHOLE = Pattern.compile("-?[0-9]{1,18}");

  /** A name and its value as they stand in the file. */
  private record Entry(ScalarNode name, Node value) {}

  private final String file;
  private final String path;
  private final Mark start;
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final Set<String> known = new LinkedHashSet<>();
  private final List<YamlMapping> children = new ArrayList<>();
  private final Map<String, YamlMapping> mappings = new LinkedHashMap<>();

  YamlMapping(String file, String path, MappingNode node) throws InvalidDocumentException {
    this.file = file;
    this.path = path;
    start = node.getStartMark();
    for (NodeTuple tuple : node.getValue()) {
      if (!(tuple.getKeyNode() instanceof ScalarNode name)) {
        throw problem(
            tuple.getKeyNode().getStartMark(),
            path,
            "a name that is no text",
            "the name of a setting");
      }
      if (entries.put(name.getValue(), new Entry(name, tuple.getValueNode())) != null) {
        throw problem(name.getStartMark(), named(name.getValue()), "there twice", "once");
      }
    }
  }

  private YamlMapping(String file, String path, Mark start) {
    this.file = file;
    this.path = path;
    this.start = start;
  }

  boolean isEmpty() {
    return entries.isEmpty();
  }

  Optional<String> text(String name) throws InvalidDocumentException {
    Optional<Node> value = value(name);
    return value.isEmpty() ? Optional.empty() : Optional.of(scalar(name, value.get(), "a text"));
  }

  String required(String name) throws InvalidDocumentException {
    Optional<String> text = text(name);
    if (text.isEmpty() || text.get().isEmpty()) {
      throw problem(start, named(name), "missing", "a text");
    }
    return text.get();
  }

  Optional<Boolean> flag(String name) throws InvalidDocumentException {
    Optional<Node> value = value(name);
    if (value.isEmpty()) {
      return Optional.empty();
    }
    String text = scalar(name, value.get(), "true or false");
    if (!value.get().getTag().equals(Tag.BOOL)) {
      throw invalid(name, text, "true or false");
    }
    return Optional.of(
        switch (text.toLowerCase(java.util.Locale.ROOT)) {
          case "true", "yes", "on" -> true;
          default -> false;
        });
  }

  Optional<Long> number(String name) throws InvalidDocumentException {
    Optional<String> text = text(name);
    if (text.isPresent() && !WHOLE.matcher(text.get()).matches()) {
      throw invalid(name, text.get(), "a whole number");
    }
    return text.map(Long::valueOf);
  }

  Optional<Integer> integer(String name) throws InvalidDocumentException {
    Optional<Long> number = number(name);
    if (number.isPresent() && number.get() != number.get().intValue()) {
      throw invalid(name, number.get().toString(), "a whole number of 32 bits");
    }
    return number.map(Long::intValue);
  }

  /** As in {@code 10s} or {@code 0.5s}. */
  Optional<Duration> seconds(String name) throws InvalidDocumentException {
    Optional<String> text = text(name);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    var matcher = SECONDS.matcher(text.get());
    if (!matcher.matches()) {
      throw invalid(name, text.get(), "seconds with the suffix s, such as 10s");
    }
    String fraction =
        ((matcher.group(2) == null ? "" : matcher.group(2)) + "000000000").substring(0, 9);
    return Optional.of(
        Duration.ofSeconds(Long.parseLong(matcher.group(1)), Long.parseLong(fraction)));
  }

  List<String> texts(String name) throws InvalidDocumentException {
    var texts = new ArrayList<String>();
    for (Node node : list(name)) {
      texts.add(scalar(name, node, "a list of texts"));
    }
    return texts;
  }

  /** The mapping of that name; an empty one when there is none. The same for each call. */
  YamlMapping mapping(String name) throws InvalidDocumentException {
    YamlMapping before = mappings.get(name);
    if (before != null) {
      return before;
    }
    Optional<Node> value = value(name);
    YamlMapping mapping =
        value.isEmpty()
            ? new YamlMapping(file, named(name), start)
            : child(named(name), value.get());
    mappings.put(name, mapping);
    return mapping;
  }

  List<YamlMapping> mappings(String name) throws InvalidDocumentException {
    var list = new ArrayList<YamlMapping>();
    for (Node node : list(name)) {
      list.add(child(named(name) + "[" + list.size() + "]", node));
    }
    return list;
  }

  /** Something made of these settings. */
  interface Made<T> {
    T make() throws InvalidDocumentException;
  }

  /** Makes it, and gives a setting that is refused its position in the file. */
  <T> T checked(Made<T> made) throws InvalidDocumentException {
    try {
      return made.make();
    } catch (SettingException e) {
      String setting = e.setting().replace("storages[].", path + ".");
      String text = String.valueOf(e.getMessage());
      throw problem(
          position(setting),
          setting,
          text.substring(Math.min(text.length(), e.setting().length() + 2)),
          "");
    }
  }

  /** Refuses what nobody has asked for. */
  void refuseUnknown() throws InvalidDocumentException {
    for (var entry : entries.entrySet()) {
      if (!known.contains(entry.getKey())) {
        throw problem(
            entry.getValue().name().getStartMark(),
            named(entry.getKey()),
            "unknown setting",
            String.join(", ", known));
      }
    }
    for (YamlMapping child : children) {
      child.refuseUnknown();
    }
  }

  InvalidDocumentException invalid(String name, String value, String expected) {
    return problem(position(named(name)), named(name), value, expected);
  }

  private Mark position(String setting) {
    for (YamlMapping child : children) {
      if (setting.startsWith(child.path + ".") || setting.equals(child.path)) {
        return child.position(setting);
      }
    }
    String name =
        path.isEmpty() ? setting : setting.substring(Math.min(setting.length(), path.length() + 1));
    Entry entry = entries.get(name);
    return entry == null ? start : entry.value().getStartMark();
  }

  private YamlMapping child(String childPath, Node node) throws InvalidDocumentException {
    if (!(node instanceof MappingNode mapping)) {
      throw problem(node.getStartMark(), childPath, "not a mapping", "settings with their names");
    }
    var child = new YamlMapping(file, childPath, mapping);
    children.add(child);
    return child;
  }

  private List<Node> list(String name) throws InvalidDocumentException {
    Optional<Node> value = value(name);
    if (value.isEmpty()) {
      return List.of();
    }
    if (value.get() instanceof SequenceNode list) {
      return list.getValue();
    }
    throw problem(value.get().getStartMark(), named(name), "not a list", "a list");
  }

  /** The value of a setting; an empty one counts as absent. */
  private Optional<Node> value(String name) {
    known.add(name);
    return Optional.ofNullable(entries.get(name))
        .map(Entry::value)
        .filter(value -> !value.getTag().equals(Tag.NULL));
  }

  private String scalar(String name, Node node, String expected) throws InvalidDocumentException {
    if (node instanceof ScalarNode scalar) {
      return scalar.getValue();
    }
    throw problem(
        node.getStartMark(),
        named(name),
        node instanceof MappingNode ? "a mapping" : "a list",
        expected);
  }

  private String named(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  private InvalidDocumentException problem(
      Mark mark, String where, String message, String expected) {
    return new InvalidDocumentException(
        List.of(
            new Problem(file, mark.getLine() + 1, mark.getColumn() + 1, where, message, expected)));
  }
}
