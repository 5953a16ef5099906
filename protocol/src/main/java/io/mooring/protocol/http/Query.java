package io.mooring.protocol.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.mooring.wire.prototool.Values;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The query of a URL as messages carry it: decoded names, each with its decoded values in order.
 */
public final class Query {
  private Query() {}

  /**
   * Decodes what follows the question mark.
   *
   * @throws IllegalArgumentException when a percent sign does not start an encoded byte
   */
  public static Map<String, Values> decode(String raw) {
    Map<String, List<String>> found = new LinkedHashMap<>();
    for (String pair : raw.split("&", -1)) {
      if (!pair.isEmpty()) {
        int equals = pair.indexOf('=');
        String name = equals < 0 ? pair : pair.substring(0, equals);
        String value = equals < 0 ? "" : pair.substring(equals + 1);
        found
            .computeIfAbsent(URLDecoder.decode(name, UTF_8), ignored -> new ArrayList<>())
            .add(URLDecoder.decode(value, UTF_8));
      }
    }
    Map<String, Values> query = new LinkedHashMap<>();
    found.forEach(
        (name, values) -> query.put(name, Values.newBuilder().addAllValue(values).build()));
    return query;
  }

  /** Encodes for a URL, without a question mark, names in alphabetical order. */
  public static String encode(Map<String, Values> query) {
    var out = new StringBuilder();
    new TreeMap<>(query)
        .forEach((name, values) -> {
          for (String value : values.getValueList()) {
            out.append(out.isEmpty() ? "" : "&")
                .append(URLEncoder.encode(name, UTF_8))
                .append('=')
                .append(URLEncoder.encode(value, UTF_8));
          }
        });
    return out.toString();
  }
}
