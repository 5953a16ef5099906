package io.mooring.kas.configuration;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The comments before fields of a .proto file, which compiled descriptors do not carry. */
final class ProtoComments {
  private static final Pattern MESSAGE = Pattern.compile("message (\\w+) \\{(})?");
  private static final Pattern FIELD =
      Pattern.compile("(?:optional |repeated )?[\\w.]+ (\\w+) = \\d+.*");
  private static final Pattern OPENED = Pattern.compile("(?:enum|oneof) \\w+ \\{");

  private final Map<String, String> byField = new HashMap<>();

  ProtoComments(String source) {
    Deque<String> open = new ArrayDeque<>();
    String message = "";
    List<String> comment = new ArrayList<>();
    for (String line : source.lines().map(String::strip).toList()) {
      Matcher declared = MESSAGE.matcher(line);
      Matcher field = FIELD.matcher(line);
      if (line.startsWith("// ")) {
        comment.add(line.substring(3));
        continue;
      }
      if (declared.matches()) {
        message = declared.group(1);
        if (declared.group(2) == null) {
          open.push(message);
        }
      } else if (OPENED.matcher(line).matches()) {
        open.push(line);
      } else if (line.equals("}") && !open.isEmpty()) {
        open.pop();
      } else if (field.matches()) {
        byField.put(message + "." + field.group(1), String.join(" ", comment));
      }
      comment.clear();
    }
    if (!open.isEmpty()) {
      throw new IllegalStateException("not understood: " + open.peek());
    }
  }

  /** The comment before a field; empty when there is none. */
  String of(String message, String field) {
    return byField.getOrDefault(message + "." + field, "");
  }
}
