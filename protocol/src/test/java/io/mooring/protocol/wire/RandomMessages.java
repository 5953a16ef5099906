package io.mooring.protocol.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.MapEntry;
import com.google.protobuf.Message;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/** Any message of any type: every field may be set, empty, extreme or absent. */
record RandomMessages(RandomGenerator random) {

  private static final int DEPTH = 4;
  private static final int MOST_ELEMENTS = 3;
  private static final int MOST_BYTES = 20;

  Message next(Descriptor type) {
    return fill(WireTypes.prototype(type).newBuilderForType(), 0).build();
  }

  private Message.Builder fill(Message.Builder builder, int depth) {
    for (FieldDescriptor field : builder.getDescriptorForType().getFields()) {
      if (field.isRepeated()) {
        int size = random.nextInt(MOST_ELEMENTS + 1);
        for (int i = 0; i < size; i++) {
          builder.addRepeatedField(
              field,
              field.isMapField() ? entry(builder, field, i, depth) : value(builder, field, depth));
        }
      } else if (random.nextBoolean()) {
        builder.setField(field, value(builder, field, depth));
      }
    }
    return builder;
  }

  private Message entry(Message.Builder builder, FieldDescriptor field, int index, int depth) {
    var entry = (MapEntry.Builder<?, ?>) builder.newBuilderForField(field);
    FieldDescriptor value = field.getMessageType().findFieldByNumber(2);
    entry.setField(field.getMessageType().findFieldByNumber(1), index + string());
    entry.setField(value, value(entry, value, depth));
    return entry.build();
  }

  private Object value(Message.Builder builder, FieldDescriptor field, int depth) {
    return switch (field.getJavaType()) {
      case STRING -> string();
      case BYTE_STRING -> bytes();
      case INT -> (int) number();
      case LONG -> number();
      case BOOLEAN -> random.nextBoolean();
      case DOUBLE ->
          random.nextBoolean() ? random.nextDouble() : Double.longBitsToDouble(random.nextLong());
      case FLOAT -> random.nextFloat();
      // Constants that the schema does not have come from newer programs.
      case ENUM -> field.getEnumType().findValueByNumberCreatingIfUnknown(random.nextInt(12));
      case MESSAGE -> {
        Message.Builder child = builder.newBuilderForField(field);
        yield depth < DEPTH ? fill(child, depth + 1).build() : child.build();
      }
    };
  }

  private long number() {
    return switch (random.nextInt(4)) {
      case 0 -> random.nextInt(200) - 100;
      case 1 -> Long.MIN_VALUE;
      case 2 -> Long.MAX_VALUE;
      default -> random.nextLong();
    };
  }

  private String string() {
    return random
        .ints(random.nextInt(MOST_BYTES), 0, Character.MAX_CODE_POINT)
        .filter(point -> point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE)
        .mapToObj(Character::toString)
        .collect(Collectors.joining());
  }

  ByteString bytes() {
    var bytes = new byte[random.nextInt(MOST_BYTES)];
    random.nextBytes(bytes);
    return ByteString.copyFrom(bytes);
  }
}
