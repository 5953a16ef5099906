package io.mooring.protocol.yaml;

import io.mooring.protocol.SettingException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * The settings of one mapping of a program's configuration file, each read by its name; every
 * refusal knows file, line and column. What nobody has asked for in the end is unknown. A setting
 * without a value counts as absent. Used by one thread.
 */
public final class Settings {
  private static final Pattern SECONDS = Pattern.compile("([0-9]{1,9})(?:\\.([0-9]{1,9}))?s");
  private static final Pattern WHOLE = Pattern.compile("-?[0-9]{1,18}");

  /** A name and its value as they stand in the file. */
  private record Entry(ScalarNode name, Node value) {}

  private final Path file;
  private final String path;
  private final Mark start;
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final Set<String> known = new LinkedHashSet<>();
  private final List<Settings> children = new ArrayList<>();
  private final Map<String, Settings> mappings = new LinkedHashMap<>();

  /**
   * The settings of a file.
   *
   * @param maxBytes a longer file is refused unread
   * @throws SettingException when it cannot be read; names the option
   * @throws InvalidDocumentException when it is no mapping in YAML
   */
  public static Settings read(String option, Path file, int maxBytes)
      throws InvalidDocumentException {
    return SettingsFile.read(option, file.toAbsolutePath(), maxBytes);
  }

  Settings(Path file, String path, MappingNode node) throws InvalidDocumentException {
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

  /** Without settings; problems are said to be at {@code start}. */
  Settings(Path file, String path, Mark start) {
    this.file = file;
    this.path = path;
    this.start = start;
  }

  /** Whether it has no setting, or is not there. */
  public boolean isEmpty() {
    return entries.isEmpty();
  }

  /** Whether a setting of this name is there, with a value or not. */
  public boolean has(String name) {
    return entries.containsKey(name);
  }

  /** The names of all settings, for a mapping whose names are the operator's; all become known. */
  public Set<String> names() {
    known.addAll(entries.keySet());
    return Set.copyOf(entries.keySet());
  }

  /** A single value as text. */
  public Optional<String> text(String name) throws InvalidDocumentException {
    Optional<Node> value = value(name);
    return value.isEmpty() ? Optional.empty() : Optional.of(scalar(name, value.get(), "a text"));
  }

  /** A text that must be there and not be empty. */
  public String required(String name) throws InvalidDocumentException {
    return required(name, "a text");
  }

  /**
   * The same.
   *
   * @param expected what the refusal of an absent one says should be there
   */
  public String required(String name, String expected) throws InvalidDocumentException {
    Optional<String> text = text(name);
    if (text.isEmpty() || text.get().isEmpty()) {
      throw problem(start, named(name), "missing", expected);
    }
    return text.get();
  }

  /** True or false. */
  public Optional<Boolean> flag(String name) throws InvalidDocumentException {
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

  /** A whole number. */
  public Optional<Long> number(String name) throws InvalidDocumentException {
    Optional<String> text = text(name);
    if (text.isPresent() && !WHOLE.matcher(text.get()).matches()) {
      throw invalid(name, text.get(), "a whole number");
    }
    return text.map(Long::valueOf);
  }

  /** A whole number of 32 bits. */
  public Optional<Integer> integer(String name) throws InvalidDocumentException {
    Optional<Long> number = number(name);
    if (number.isPresent() && number.get() != number.get().intValue()) {
      throw invalid(name, number.get().toString(), "a whole number of 32 bits");
    }
    return number.map(Long::intValue);
  }

  /** As in {@code 10s} or {@code 0.5s}. */
  public Optional<Duration> seconds(String name) throws InvalidDocumentException {
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

  /** A file; a relative one is relative to the folder of the configuration file. */
  public Optional<Path> path(String name) throws InvalidDocumentException {
    return text(name).map(text -> file.resolveSibling(text).normalize());
  }

  /** The same for one that must be there. */
  public Path requiredPath(String name) throws InvalidDocumentException {
    return file.resolveSibling(required(name, "the path of a file")).normalize();
  }

  /** A URL. */
  public Optional<URI> url(String name) throws InvalidDocumentException {
    return value(name, "a URL", URI::create);
  }

  /**
   * A value made of text.
   *
   * @param reader throws {@code IllegalArgumentException} for what it refuses
   */
  public <T> Optional<T> value(String name, String expected, Function<String, T> reader)
      throws InvalidDocumentException {
    Optional<String> text = text(name);
    try {
      return text.map(reader);
    } catch (IllegalArgumentException e) {
      throw invalid(name, text.orElse(""), expected);
    }
  }

  /** A list of texts. */
  public Optional<List<String>> texts(String name) throws InvalidDocumentException {
    Optional<Node> value = value(name);
    if (value.isEmpty()) {
      return Optional.empty();
    }
    var texts = new ArrayList<String>();
    for (Node node : list(name)) {
      texts.add(scalar(name, node, "a list of texts"));
    }
    return Optional.of(texts);
  }

  /** The mapping of that name; an empty one when there is none. The same for each call. */
  public Settings mapping(String name) throws InvalidDocumentException {
    Settings before = mappings.get(name);
    if (before != null) {
      return before;
    }
    Optional<Node> value = value(name);
    Settings mapping =
        value.isEmpty() ? new Settings(file, named(name), start) : child(named(name), value.get());
    mappings.put(name, mapping);
    return mapping;
  }

  /** A list of mappings; empty when absent. */
  public List<Settings> mappings(String name) throws InvalidDocumentException {
    var list = new ArrayList<Settings>();
    for (Node node : list(name)) {
      list.add(child(named(name) + "[" + list.size() + "]", node));
    }
    return list;
  }

  /** Something made of these settings. */
  public interface Made<T> {
    /** Throws {@link SettingException} for a setting it refuses. */
    T make() throws InvalidDocumentException;
  }

  /**
   * Makes something of these settings, and gives a setting that is refused its position.
   *
   * @param prefix how the refusal names this mapping, such as {@code storages[]}; empty at the root
   */
  public <T> T checked(String prefix, Made<T> made) throws InvalidDocumentException {
    try {
      return made.make();
    } catch (SettingException e) {
      String setting =
          e.setting().startsWith(prefix)
              ? path + e.setting().substring(prefix.length())
              : e.setting();
      String text = String.valueOf(e.getMessage());
      throw problem(
          position(setting),
          setting,
          text.substring(Math.min(text.length(), e.setting().length() + 2)),
          "");
    }
  }

  /** Refuses what nobody has asked for. */
  public void refuseUnknown() throws InvalidDocumentException {
    for (var entry : entries.entrySet()) {
      if (!known.contains(entry.getKey())) {
        throw problem(
            entry.getValue().name().getStartMark(),
            named(entry.getKey()),
            "unknown setting",
            String.join(", ", known.stream().sorted().toList()));
      }
    }
    for (Settings child : children) {
      child.refuseUnknown();
    }
  }

  /** The refusal of a setting, at its value or, when it is absent, where its mapping starts. */
  public InvalidDocumentException invalid(String name, String value, String expected) {
    return problem(position(named(name)), named(name), value, expected);
  }

  private Mark position(String setting) {
    for (Settings child : children) {
      if (setting.startsWith(child.path + ".") || setting.equals(child.path)) {
        return child.position(setting);
      }
    }
    String name =
        path.isEmpty() ? setting : setting.substring(Math.min(setting.length(), path.length() + 1));
    Entry entry = entries.get(name);
    return entry == null ? start : entry.value().getStartMark();
  }

  private Settings child(String childPath, Node node) throws InvalidDocumentException {
    if (!(node instanceof MappingNode mapping)) {
      throw problem(node.getStartMark(), childPath, "not a mapping", "settings with their names");
    }
    var child = new Settings(file, childPath, mapping);
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
            new Problem(
                file.toString(),
                mark.getLine() + 1,
                mark.getColumn() + 1,
                where,
                message,
                expected)));
  }
}
