package io.mooring.kas.config;

import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.mooring.protocol.observability.LogLevel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One message of the file while it is read. Every method names a field, its default and its
 * meaning, gives its value, and notes the field for the reference.
 *
 * <p>Texts and numbers take the default when empty or zero, durations only when absent (config.md
 * C).
 */
final class Section {
  private final String path;
  private final Message message;
  private final SettingLog log;

  Section(String path, Message message, SettingLog log) {
    this.path = path;
    this.message = message;
    this.log = log;
  }

  /** Dotted name of a field of this section. */
  String path(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  /** Dotted name of this section. */
  String path() {
    return path;
  }

  /** A section whose absence means all its defaults. */
  Section section(String name) {
    return new Section(path(name), (Message) message.getField(field(name)), log);
  }

  /** A section whose absence means something of its own. */
  Optional<Section> optionalSection(String name, String description) {
    log.note(setting(name, "", description));
    return log.documenting() || message.hasField(field(name))
        ? Optional.of(section(name))
        : Optional.empty();
  }

  /** A text that must be there; the schema's rules have refused the file otherwise. */
  String requiredText(String name, String description) {
    log.note(setting(name, "", description));
    return (String) message.getField(field(name));
  }

  String text(String name, String fallback, String description) {
    log.note(setting(name, fallback, description));
    String value = (String) message.getField(field(name));
    return value.isEmpty() ? fallback : value;
  }

  Optional<String> optionalText(String name, String description) {
    String value = text(name, "", description);
    return value.isEmpty() ? Optional.empty() : Optional.of(value);
  }

  Optional<Path> optionalFile(String name, String description) {
    return optionalText(name, description).map(Path::of);
  }

  Path requiredFile(String name, String description) {
    return Path.of(requiredText(name, description));
  }

  boolean flag(String name, String description) {
    log.note(setting(name, "false", description));
    return (boolean) message.getField(field(name));
  }

  /** An unsigned 32-bit number. */
  long number(String name, long fallback, String description) {
    log.note(setting(name, Long.toString(fallback), description));
    long value = Integer.toUnsignedLong((int) message.getField(field(name)));
    return value == 0 ? fallback : value;
  }

  double decimal(String name, double fallback, String description) {
    log.note(setting(name, SettingLog.plain(fallback), description));
    double value = (double) message.getField(field(name));
    return value == 0 ? fallback : value;
  }

  Duration duration(String name, Duration fallback, String description) {
    log.note(setting(name, SettingLog.plain(fallback), description));
    FieldDescriptor field = field(name);
    if (!message.hasField(field)) {
      return fallback;
    }
    var value = (com.google.protobuf.Duration) message.getField(field);
    return Duration.ofSeconds(value.getSeconds(), value.getNanos());
  }

  LogLevel level(String name, LogLevel fallback, String description) {
    log.note(setting(name, fallback.name().toLowerCase(Locale.ROOT), description));
    FieldDescriptor field = field(name);
    if (field.hasPresence() && !message.hasField(field)) {
      return fallback;
    }
    var value = (EnumValueDescriptor) message.getField(field);
    return LogLevel.valueOf(value.getName().toUpperCase(Locale.ROOT));
  }

  List<String> texts(String name, String description) {
    log.note(setting(name, "", description));
    return ((List<?>) message.getField(field(name))).stream().map(String.class::cast).toList();
  }

  /** A field that files of the original have and this kas takes without using it. */
  void unused(String name, String reason) {
    log.note(setting(name, "", "Accepted, not used: " + reason));
    FieldDescriptor field = field(name);
    boolean present =
        field.isRepeated() ? message.getRepeatedFieldCount(field) > 0 : message.hasField(field);
    if (present) {
      log.warn(path(name), reason);
    }
  }

  private Setting setting(String name, String fallback, String description) {
    FieldDescriptor field = field(name);
    return new Setting(
        path(name), SettingLog.type(field), SettingLog.rule(field), fallback, description);
  }

  private FieldDescriptor field(String name) {
    FieldDescriptor field = message.getDescriptorForType().findFieldByName(name);
    if (field == null) {
      throw new IllegalStateException(
          message.getDescriptorForType().getFullName() + " has no field " + name);
    }
    return field;
  }
}
