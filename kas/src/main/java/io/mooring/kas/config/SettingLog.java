package io.mooring.kas.config;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import io.mooring.wire.validate.Rules;
import io.mooring.wire.validate.ValidateProto;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Notes what is read while the file is read: the fields for the reference, and those that have no
 * effect.
 */
final class SettingLog {
  private final boolean documenting;
  private final List<Setting> settings = new ArrayList<>();
  private final Map<String, String> warnings = new TreeMap<>();

  /**
   * An empty log.
   *
   * @param documenting whether every section is to be read, absent ones too
   */
  SettingLog(boolean documenting) {
    this.documenting = documenting;
  }

  boolean documenting() {
    return documenting;
  }

  void note(Setting setting) {
    settings.add(setting);
  }

  void warn(String path, String reason) {
    warnings.put(path, reason);
  }

  /** In the order of reading. */
  List<Setting> settings() {
    return List.copyOf(settings);
  }

  /** Fields that are set without effect, with the reason. */
  Map<String, String> warnings() {
    return Map.copyOf(warnings);
  }

  /** A duration as the file writes it. */
  static String plain(Duration duration) {
    BigDecimal seconds =
        BigDecimal.valueOf(duration.getSeconds()).add(BigDecimal.valueOf(duration.getNano(), 9));
    return seconds.stripTrailingZeros().toPlainString() + "s";
  }

  /** A number without digits that say nothing. */
  static String plain(double number) {
    return BigDecimal.valueOf(number).stripTrailingZeros().toPlainString();
  }

  /** The type of a field in the words of the reference. */
  static String type(FieldDescriptor field) {
    String type =
        switch (field.getJavaType()) {
          case STRING -> "text";
          case BOOLEAN -> "true or false";
          case INT, LONG, FLOAT, DOUBLE -> "number";
          case ENUM -> "level";
          case MESSAGE ->
              field.getMessageType().getFullName().equals("google.protobuf.Duration")
                  ? "duration"
                  : "section";
          case BYTE_STRING -> "base64";
        };
    return field.isRepeated() ? "list of " + type : type;
  }

  /** The rules of a field in the words of the reference. */
  static String rule(FieldDescriptor field) {
    if (field.getJavaType() == JavaType.ENUM) {
      return String.join(
          ", ",
          field.getEnumType().getValues().stream()
              .map(value -> value.getName().toLowerCase(Locale.ROOT))
              .toList());
    }
    Rules rules = field.getOptions().getExtension(ValidateProto.rules);
    List<String> parts = new ArrayList<>();
    if (field.getRealContainingOneof() == null) {
      if (rules.getRequired()) {
        parts.add("required");
      } else if (rules.getMinBytes() > 0 || rules.getMinItems() > 0) {
        // With explicit presence a field is judged only when it is there.
        parts.add(field.hasPresence() ? "not empty" : "required");
      }
    }
    if (rules.getInCount() > 0) {
      parts.add(String.join(", ", rules.getInList().stream().filter(v -> !v.isEmpty()).toList()));
    }
    if (rules.hasGt()) {
      parts.add("more than " + rules.getGt());
    }
    if (rules.hasGte()) {
      parts.add("at least " + rules.getGte());
    }
    if (rules.hasLte()) {
      parts.add("at most " + rules.getLte());
    }
    return String.join("; ", parts);
  }
}
