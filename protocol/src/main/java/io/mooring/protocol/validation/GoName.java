package io.mooring.protocol.validation;

import com.google.protobuf.Descriptors.Descriptor;

/** Names as the original prints them: those that protoc gives to Go types and fields. */
final class GoName {

  private GoName() {}

  /** {@code HttpRequest_Header} of {@code HttpRequest.Header}. */
  static String of(Descriptor type) {
    String name = camelCase(type.getName());
    return type.getContainingType() == null ? name : of(type.getContainingType()) + "_" + name;
  }

  /** {@code CommitId} of {@code commit_id}: an underscore goes only before a lower-case letter. */
  static String camelCase(String name) {
    var result = new StringBuilder(name.length());
    boolean wordStarts = true;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean lowerFollows = i + 1 < name.length() && isLower(name.charAt(i + 1));
      if (c == '_' && i == 0) {
        result.append('X');
      } else if (c != '_' || !lowerFollows) {
        result.append(wordStarts && isLower(c) ? Character.toUpperCase(c) : c);
      }
      wordStarts = c == '_' || Character.isDigit(c);
    }
    return result.toString();
  }

  private static boolean isLower(char c) {
    return c >= 'a' && c <= 'z';
  }
}
