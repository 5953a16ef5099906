package io.mooring.protocol.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.MapEntry;
import com.google.protobuf.Message;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** The samples of {@link SampleBytes} as messages of the generated classes. */
final class SampleMessages {

  private static final int DEPTH = 2;

  private SampleMessages() {}

  static Message of(Descriptor type, Optional<String> member) {
    return fill(WireTypes.prototype(type).newBuilderForType(), member, 0).build();
  }

  private static Message.Builder fill(Message.Builder builder, Optional<String> member, int depth) {
    Set<OneofDescriptor> seen = new HashSet<>();
    for (FieldDescriptor field : builder.getDescriptorForType().getFields()) {
      OneofDescriptor oneof = field.getRealContainingOneof();
      if (oneof == null || member.map(field.getName()::equals).orElseGet(() -> seen.add(oneof))) {
        set(builder, field, depth);
      }
    }
    return builder;
  }

  private static void set(Message.Builder builder, FieldDescriptor field, int depth) {
    if (field.isMapField()) {
      var entry = (MapEntry.Builder<?, ?>) builder.newBuilderForField(field);
      FieldDescriptor value = field.getMessageType().findFieldByNumber(2);
      entry.setField(field.getMessageType().findFieldByNumber(1), "key");
      entry.setField(value, value(entry, value, depth));
      builder.addRepeatedField(field, entry.build());
    } else if (field.isRepeated()) {
      builder.addRepeatedField(field, value(builder, field, depth));
      builder.addRepeatedField(field, value(builder, field, depth));
    } else {
      builder.setField(field, value(builder, field, depth));
    }
  }

  private static Object value(Message.Builder builder, FieldDescriptor field, int depth) {
    return switch (field.getJavaType()) {
      case STRING -> field.getName();
      case BYTE_STRING ->
          ByteString.copyFrom(field.getName() + "\u00ff", StandardCharsets.ISO_8859_1);
      case INT -> 150 + field.getNumber();
      case LONG -> 150L + field.getNumber();
      case BOOLEAN -> true;
      case DOUBLE -> 1.5;
      case FLOAT -> 1.5f;
      case ENUM -> field.getEnumType().findValueByNumber(1);
      case MESSAGE -> {
        Message.Builder child = builder.newBuilderForField(field);
        yield depth < DEPTH ? fill(child, Optional.empty(), depth + 1).build() : child.build();
      }
    };
  }
}
