package io.mooring.kas.kubernetesapi;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The formats in which an error is told as a Kubernetes {@code Status} (kubernetes-api.md 8). */
enum StatusFormat {
  /** The one for clients that take anything. */
  JSON("application/json"),
  /** The same fields as YAML. */
  YAML("application/yaml"),
  /** The envelope of Kubernetes with the message in it. */
  PROTOBUF("application/vnd.kubernetes.protobuf");

  /** Told to clients that take none of them. */
  static final String NOT_ACCEPTABLE =
      "only the following media types are accepted: application/json, application/yaml,"
          + " application/vnd.kubernetes.protobuf\n";

  private static final byte[] MAGIC = {'k', '8', 's', 0};

  private final String mediaType;

  StatusFormat(String mediaType) {
    this.mediaType = mediaType;
  }

  String mediaType() {
    return mediaType;
  }

  /**
   * The format a client likes best.
   *
   * @param accept values of its {@code Accept} header
   * @return empty when it takes none
   */
  static Optional<StatusFormat> negotiate(List<String> accept) {
    List<Clause> clauses = new ArrayList<>();
    for (String value : accept) {
      for (String clause : value.split(",", -1)) {
        if (!clause.isBlank()) {
          clauses.add(Clause.parse(clause));
        }
      }
    }
    if (clauses.isEmpty()) {
      return Optional.of(JSON);
    }
    // Stable, so that the first of equals wins.
    clauses.sort(Comparator.comparingDouble((Clause clause) -> -clause.quality()));
    return clauses.stream()
        .filter(clause -> clause.quality() > 0)
        .flatMap(clause -> clause.format().stream())
        .findFirst();
  }

  /** One media type of an {@code Accept} header; its parameters but the quality do not matter. */
  private record Clause(String type, double quality) {
    static Clause parse(String text) {
      String[] parts = text.split(";", -1);
      double quality = 1;
      for (int i = 1; i < parts.length; i++) {
        String parameter = parts[i].strip();
        if (parameter.startsWith("q=")) {
          quality = quality(parameter.substring(2));
        }
      }
      return new Clause(parts[0].strip().toLowerCase(Locale.ROOT), quality);
    }

    private static double quality(String text) {
      try {
        return Double.parseDouble(text);
      } catch (NumberFormatException e) {
        return 0;
      }
    }

    Optional<StatusFormat> format() {
      return switch (type) {
        case "*/*", "application/*", "application/json" -> Optional.of(JSON);
        case "application/yaml" -> Optional.of(YAML);
        case "application/vnd.kubernetes.protobuf" -> Optional.of(PROTOBUF);
        default -> Optional.empty();
      };
    }
  }

  /** The body of an answer. */
  byte[] encode(Refusal refusal) {
    return switch (this) {
      case JSON -> json(refusal).getBytes(UTF_8);
      case YAML -> yaml(refusal).getBytes(UTF_8);
      case PROTOBUF -> protobuf(refusal);
    };
  }

  private static String json(Refusal refusal) {
    JsonObject status = new JsonObject();
    status.addProperty("kind", "Status");
    status.addProperty("apiVersion", "v1");
    status.add("metadata", new JsonObject());
    status.addProperty("status", "Failure");
    status.addProperty("message", refusal.text());
    if (!refusal.reason().isEmpty()) {
      status.addProperty("reason", refusal.reason());
    }
    status.addProperty("code", refusal.status());
    return status + "\n";
  }

  private static String yaml(Refusal refusal) {
    // A JSON text in quotation marks is the same text in YAML.
    String reason = refusal.reason().isEmpty() ? "" : "reason: " + refusal.reason() + "\n";
    return "apiVersion: v1\ncode: "
        + refusal.status()
        + "\nkind: Status\nmessage: "
        + new JsonPrimitive(refusal.text())
        + "\nmetadata: {}\n"
        + reason
        + "status: Failure\n";
  }

  /** Field numbers of {@code runtime.Unknown}, {@code TypeMeta} and {@code meta/v1 Status}. */
  private static byte[] protobuf(Refusal refusal) {
    ByteString type =
        message(out -> {
          out.writeString(1, "v1");
          out.writeString(2, "Status");
        });
    ByteString status =
        message(out -> {
          out.writeBytes(1, ByteString.EMPTY);
          out.writeString(2, "Failure");
          out.writeString(3, refusal.text());
          out.writeString(4, refusal.reason());
          out.writeInt32(6, refusal.status());
        });
    return ByteString.copyFrom(MAGIC)
        .concat(
            message(out -> {
              out.writeBytes(1, type);
              out.writeBytes(2, status);
              out.writeString(3, "");
              out.writeString(4, "");
            }))
        .toByteArray();
  }

  private interface Fields {
    void write(CodedOutputStream out) throws IOException;
  }

  private static ByteString message(Fields fields) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      CodedOutputStream out = CodedOutputStream.newInstance(bytes);
      fields.write(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write into memory", e);
    }
    return ByteString.copyFrom(bytes.toByteArray());
  }
}
