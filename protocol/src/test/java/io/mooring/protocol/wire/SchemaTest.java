package io.mooring.protocol.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.GenericDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import io.mooring.wire.grpctool.automata.AutomataProto;
import io.mooring.wire.validate.Rules;
import io.mooring.wire.validate.ValidateProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("wire-27")
class SchemaTest {

  private static final SchemaTable TABLE = SchemaTable.read();

  @Test
  void theTableAndTheGeneratedCodeListTheSameTypes() {
    assertThat(generated().keySet()).containsExactlyInAnyOrderElementsOf(TABLE.entries().keySet());
  }

  @ParameterizedTest
  @MethodSource("names")
  void typeIsAsTheDocumentsDescribeIt(String name) {
    assertThat(generated().get(name))
        .containsExactlyInAnyOrderElementsOf(TABLE.entries().get(name));
  }

  @Test
  void extensionNumbersOfTheOrderAreThoseOfTheOriginal() {
    assertThat(AutomataProto.nextAllowedField.getNumber()).isEqualTo(92000);
    assertThat(AutomataProto.firstAllowedField.getNumber()).isEqualTo(92001);
  }

  private static Stream<String> names() {
    return TABLE.entries().keySet().stream();
  }

  private static Map<String, List<String>> generated() {
    var result = new TreeMap<String, List<String>>();
    for (Descriptor message : WireTypes.MESSAGES) {
      result.put("message " + message.getFullName(), render(message));
    }
    for (EnumDescriptor type : WireTypes.ENUMS) {
      result.put(
          "enum " + type.getFullName(),
          type.getValues().stream()
              .map(value -> value.getName() + "=" + value.getNumber())
              .toList());
    }
    for (FileDescriptor file : WireTypes.FILES) {
      for (ServiceDescriptor service : file.getServices()) {
        result.put(
            "service " + service.getFullName(),
            service.getMethods().stream().map(SchemaTest::render).toList());
      }
    }
    return result;
  }

  private static List<String> render(Descriptor message) {
    var lines = new ArrayList<String>();
    message.getFields().forEach(field -> lines.add(render(field)));
    message.getRealOneofs().forEach(oneof -> lines.add(render(oneof)));
    DescriptorProto proto = message.toProto();
    if (proto.getReservedRangeCount() > 0) {
      lines.add(
          Stream.concat(
                  proto.getReservedRangeList().stream()
                      .map(range -> String.valueOf(range.getStart())),
                  proto.getReservedNameList().stream())
              .collect(Collectors.joining(" ", "reserved ", "")));
    }
    return lines;
  }

  private static String render(FieldDescriptor field) {
    var line =
        new StringBuilder()
            .append(field.getNumber())
            .append(' ')
            .append(field.getName())
            .append(' ');
    if (field.isRepeated() && !field.isMapField()) {
      line.append("rep ");
    } else if (field.getContainingOneof() != null && field.getRealContainingOneof() == null) {
      line.append("opt ");
    }
    line.append(type(field));
    String rules = rules(field.getOptions().getExtension(ValidateProto.rules));
    if (!rules.isEmpty()) {
      line.append(" [").append(rules).append(']');
    }
    if (field.getRealContainingOneof() != null) {
      line.append(" oneof=").append(field.getRealContainingOneof().getName());
    }
    return line.append(
            numbers(" next=", field.getOptions().getExtension(AutomataProto.nextAllowedField)))
        .append(" json=")
        .append(field.getJsonName())
        .toString();
  }

  private static String render(OneofDescriptor oneof) {
    return "oneof "
        + oneof.getName()
        + (oneof.getOptions().getExtension(ValidateProto.required) ? " [req]" : "")
        + numbers(" first=", oneof.getOptions().getExtension(AutomataProto.firstAllowedField));
  }

  private static String render(MethodDescriptor method) {
    return "rpc %s %s%s %s%s"
        .formatted(
            method.getName(),
            method.isClientStreaming() ? "stream " : "",
            relative(method.getInputType(), method),
            method.isServerStreaming() ? "stream " : "",
            relative(method.getOutputType(), method));
  }

  private static String type(FieldDescriptor field) {
    if (field.isMapField()) {
      return "map<%s,%s>"
          .formatted(
              type(field.getMessageType().findFieldByNumber(1)),
              type(field.getMessageType().findFieldByNumber(2)));
    }
    return switch (field.getJavaType()) {
      case MESSAGE -> relative(field.getMessageType(), field);
      case ENUM -> relative(field.getEnumType(), field);
      default -> field.getType().name().toLowerCase(Locale.ROOT);
    };
  }

  private static String relative(GenericDescriptor type, GenericDescriptor user) {
    String packageName = type.getFile().getPackage();
    // The value of a map stands in a type of the user's package, so this holds for it as well.
    return packageName.equals(user.getFile().getPackage())
        ? type.getFullName().substring(packageName.length() + 1)
        : type.getFullName();
  }

  private static String numbers(String prefix, List<Integer> numbers) {
    return numbers.isEmpty()
        ? ""
        : numbers.stream().map(String::valueOf).collect(Collectors.joining(",", prefix, ""));
  }

  private static String rules(Rules rules) {
    var result = new ArrayList<String>();
    if (rules.getRequired()) {
      result.add("req");
    }
    if (rules.getMinItems() > 0) {
      result.add("items>=" + rules.getMinItems());
    }
    if (rules.getMinBytes() > 0) {
      result.add("min" + rules.getMinBytes());
    }
    if (rules.hasEach()) {
      result.add("each " + rules(rules.getEach()));
    }
    if (rules.getInCount() > 0) {
      result.add("in{" + String.join("|", rules.getInList()) + "}");
    }
    if (rules.getUri()) {
      result.add("uri");
    }
    if (rules.hasGt()) {
      result.add("gt" + rules.getGt());
    }
    if (rules.hasGte()) {
      result.add(">=" + rules.getGte());
    }
    if (rules.hasLte()) {
      result.add("<=" + rules.getLte());
    }
    return String.join(",", result);
  }
}
