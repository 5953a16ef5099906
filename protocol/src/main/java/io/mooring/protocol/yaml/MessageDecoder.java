package io.mooring.protocol.yaml;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.Message;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Walks a tree of YAML nodes along the descriptor of a message and fills the message. One thread.
 */
final class MessageDecoder {
  private static final String DURATION = "google.protobuf.Duration";

  private final Findings findings;
  private final Mappings mappings;

  MessageDecoder(Findings findings) {
    this.findings = findings;
    this.mappings = new Mappings(findings);
  }

  void root(Node node, Message.Builder builder) {
    findings.stands("", node);
    if (!isNull(node)) {
      message(node, builder, "");
    }
  }

  private void message(Node node, Message.Builder builder, String path) {
    Optional<Map<String, Mappings.Entry>> entries = mappings.entries(node, path);
    if (entries.isEmpty()) {
      return;
    }
    Descriptor type = builder.getDescriptorForType();
    Map<String, FieldDescriptor> fields = fields(type);
    Map<OneofDescriptor, FieldDescriptor> chosen = new HashMap<>();
    entries
        .get()
        .forEach((name, entry) -> {
          FieldDescriptor field = fields.get(name);
          String at = path.isEmpty() ? name : path + "." + name;
          if (field == null) {
            findings.problem(entry.key(), at, "unknown field", names(type));
          } else if (!isNull(entry.value())) {
            findings.stands(at, entry.value());
            OneofDescriptor oneof = field.getRealContainingOneof();
            FieldDescriptor before = oneof == null ? null : chosen.putIfAbsent(oneof, field);
            if (before != null) {
              findings.problem(
                  entry.key(), at, before.getJsonName() + " is set too", "one of both");
            } else {
              field(entry.value(), builder, field, at);
            }
          }
        });
  }

  private void field(Node node, Message.Builder builder, FieldDescriptor field, String path) {
    if (field.isMapField()) {
      map(node, builder, field, path);
    } else if (field.isRepeated()) {
      list(node, builder, field, path);
    } else {
      value(node, builder, field, path).ifPresent(value -> builder.setField(field, value));
    }
  }

  private void list(Node node, Message.Builder builder, FieldDescriptor field, String path) {
    if (!(node instanceof SequenceNode sequence) || !node.getTag().equals(Tag.SEQ)) {
      findings.problem(node, path, Scalars.shown(node), "a list");
      return;
    }
    int index = 0;
    for (Node element : sequence.getValue()) {
      String at = path + "[" + index++ + "]";
      findings.stands(at, element);
      if (isNull(element)) {
        findings.problem(element, at, "null", "a value");
      } else {
        value(element, builder, field, at)
            .ifPresent(value -> builder.addRepeatedField(field, value));
      }
    }
  }

  private void map(Node node, Message.Builder builder, FieldDescriptor field, String path) {
    FieldDescriptor keys = field.getMessageType().findFieldByNumber(1);
    FieldDescriptor values = field.getMessageType().findFieldByNumber(2);
    mappings
        .entries(node, path)
        .ifPresent(entries ->
            entries.forEach((name, entry) -> {
              String at = path + "[" + name + "]";
              findings.stands(at, entry.value());
              Message.Builder pair = builder.newBuilderForField(field);
              Optional<Object> key = Scalars.mapKey(name, keys);
              if (key.isEmpty()) {
                findings.problem(entry.key(), at, "this key", Scalars.expected(keys));
              } else if (isNull(entry.value())) {
                findings.problem(entry.value(), at, "null", "a value");
              } else {
                pair.setField(keys, key.get());
                value(entry.value(), pair, values, at)
                    .ifPresent(value ->
                        builder.addRepeatedField(field, pair.setField(values, value).build()));
              }
            }));
  }

  /** One value; empty after a problem was found. */
  private Optional<Object> value(
      Node node, Message.Builder owner, FieldDescriptor field, String path) {
    if (!findings.visit(node, path)) {
      return Optional.empty();
    }
    if (field.getJavaType() == JavaType.MESSAGE
        && !field.getMessageType().getFullName().equals(DURATION)) {
      Message.Builder builder = owner.newBuilderForField(field);
      message(node, builder, path);
      return Optional.of(builder.build());
    }
    if (!(node instanceof ScalarNode scalar)) {
      findings.problem(node, path, Scalars.shown(node), Scalars.expected(field));
      return Optional.empty();
    }
    Optional<Object> value = Scalars.value(scalar, field);
    if (value.isEmpty()) {
      findings.problem(node, path, Scalars.shown(node), Scalars.expected(field, scalar));
    }
    return value;
  }

  private static boolean isNull(Node node) {
    return node.getTag().equals(Tag.NULL);
  }

  private static Map<String, FieldDescriptor> fields(Descriptor type) {
    Map<String, FieldDescriptor> fields = new HashMap<>();
    for (FieldDescriptor field : type.getFields()) {
      fields.put(field.getJsonName(), field);
      fields.put(field.getName(), field);
    }
    return fields;
  }

  private static String names(Descriptor type) {
    var names = new TreeSet<String>();
    type.getFields().forEach(field -> names.add(field.getJsonName()));
    return names.isEmpty() ? "no field" : String.join(", ", names);
  }
}
