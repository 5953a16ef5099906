package io.mooring.protocol.wire;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Encodes a sample of each message from the table alone, by the rules of the protobuf wire format.
 * Samples: a string is the field's name; bytes are that and 0xff; an integer is 150 plus the field
 * number; a bool is true; a double is 1.5; an enum is its constant 1; a list has two equal
 * elements; a map has one entry, "key". Of a oneof one member is set. Messages are filled two
 * levels deep, below that they are present and empty.
 */
record SampleBytes(SchemaTable table) {

  private static final int DEPTH = 2;

  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;

  /** The bytes of a message; without a member the first of each oneof is set. */
  byte[] encode(String message, Optional<String> member) {
    return encode(message, member, 0);
  }

  private byte[] encode(String message, Optional<String> member, int depth) {
    var out = new ByteArrayOutputStream();
    for (SchemaTable.Field field : chosen(table.fields(message), member)) {
      for (int i = 0; i < (field.repeated() ? 2 : 1); i++) {
        encode(field.number(), field.name(), field.type(), message, depth, out);
      }
    }
    return out.toByteArray();
  }

  private static List<SchemaTable.Field> chosen(
      List<SchemaTable.Field> fields, Optional<String> member) {
    Set<String> seen = new HashSet<>();
    return fields.stream()
        .filter(field ->
            field.oneof().isEmpty()
                || member.map(field.name()::equals).orElseGet(() -> seen.add(field.oneof().get())))
        .toList();
  }

  private void encode(
      int number, String name, String type, String user, int depth, ByteArrayOutputStream out) {
    switch (type) {
      case "string" -> bytes(number, name.getBytes(StandardCharsets.UTF_8), out);
      case "bytes" -> bytes(number, (name + "\u00ff").getBytes(StandardCharsets.ISO_8859_1), out);
      case "int32", "int64", "uint32" -> {
        varint((number << 3) | VARINT, out);
        varint(150 + number, out);
      }
      case "bool" -> {
        varint((number << 3) | VARINT, out);
        varint(1, out);
      }
      case "double" -> {
        varint((number << 3) | FIXED64, out);
        out.writeBytes(
            ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putDouble(1.5).array());
      }
      default -> {
        if (type.startsWith("map<string,")) {
          var entry = new ByteArrayOutputStream();
          bytes(1, "key".getBytes(StandardCharsets.UTF_8), entry);
          String value = type.substring("map<string,".length(), type.length() - 1);
          encode(2, "value", value, user, depth, entry);
          bytes(number, entry.toByteArray(), out);
        } else if (table.hasEnum(resolve(type, user))) {
          varint((number << 3) | VARINT, out);
          varint(1, out);
        } else {
          byte[] child =
              depth < DEPTH
                  ? encode(resolve(type, user), Optional.empty(), depth + 1)
                  : new byte[0];
          bytes(number, child, out);
        }
      }
    }
  }

  /** The full name of a type as a message names it: relative to the package or full. */
  private String resolve(String type, String user) {
    for (int dot = user.lastIndexOf('.'); dot > 0; dot = user.lastIndexOf('.', dot - 1)) {
      String candidate = user.substring(0, dot) + "." + type;
      if (table.hasMessage(candidate) || table.hasEnum(candidate)) {
        return candidate;
      }
    }
    return type;
  }

  private static void bytes(int number, byte[] value, ByteArrayOutputStream out) {
    varint((number << 3) | BYTES, out);
    varint(value.length, out);
    out.writeBytes(value);
  }

  private static void varint(long value, ByteArrayOutputStream out) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      out.write((int) (rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    out.write((int) rest);
  }
}
