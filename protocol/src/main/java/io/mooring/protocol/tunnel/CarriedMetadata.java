package io.mooring.protocol.tunnel;

import com.google.protobuf.ByteString;
import io.grpc.Metadata;
import io.mooring.wire.prototool.Values;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Metadata of a carried RPC inside messages (tunnel.md 3.3, wire.md 4). What belongs to one hop is
 * left out both ways: keys of HTTP/2 and of gRPC itself, {@code kas-hop-*}, and credentials, which
 * are for one hop alone.
 */
public final class CarriedMetadata {
  private static final String HOP = "kas-hop-";
  private static final String GRPC = "grpc-";
  private static final Set<String> OF_ONE_HOP =
      Set.of("authorization", "connection", "content-type", "host", "te", "user-agent");
  private static final Pattern NAME = Pattern.compile("[0-9a-z_.-]+");

  private CarriedMetadata() {}

  /** What the next hop is told. A binary value that is no UTF-8 cannot be carried. */
  public static Map<String, Values> encode(Metadata metadata) {
    Map<String, Values> encoded = new HashMap<>();
    for (String name : metadata.keys()) {
      if (isCarried(name)) {
        Values.Builder values = Values.newBuilder();
        if (name.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
          all(metadata, binary(name)).forEach(value -> addText(values, value));
        } else {
          all(metadata, ascii(name)).forEach(values::addValue);
        }
        if (values.getValueCount() > 0) {
          encoded.put(name, values.build());
        }
      }
    }
    return encoded;
  }

  /** What the hop before told. What HTTP/2 could not carry is left out, too. */
  public static Metadata decode(Map<String, Values> encoded) {
    Metadata metadata = new Metadata();
    encoded.forEach((key, values) -> {
      String name = key.toLowerCase(Locale.ROOT);
      if (isCarried(name) && NAME.matcher(name).matches()) {
        values.getValueList().forEach(value -> put(metadata, name, value));
      }
    });
    return metadata;
  }

  private static void put(Metadata metadata, String name, String value) {
    if (name.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
      metadata.put(binary(name), value.getBytes(StandardCharsets.UTF_8));
    } else if (value.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
      metadata.put(ascii(name), value);
    }
  }

  private static boolean isCarried(String name) {
    return !name.isEmpty()
        && name.charAt(0) != ':'
        && !name.startsWith(HOP)
        && !name.startsWith(GRPC)
        && !OF_ONE_HOP.contains(name);
  }

  private static void addText(Values.Builder values, byte[] value) {
    ByteString bytes = ByteString.copyFrom(value);
    if (bytes.isValidUtf8()) {
      values.addValue(bytes.toStringUtf8());
    }
  }

  private static <T> Iterable<T> all(Metadata metadata, Metadata.Key<T> key) {
    Iterable<T> values = metadata.getAll(key);
    return values == null ? Set.of() : values;
  }

  private static Metadata.Key<String> ascii(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  private static Metadata.Key<byte[]> binary(String name) {
    return Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER);
  }
}
