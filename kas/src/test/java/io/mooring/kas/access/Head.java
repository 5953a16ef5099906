package io.mooring.kas.access;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Head of a request, as the tests write it. */
final class Head implements Presented {
  private final Map<String, List<String>> headers = new TreeMap<>();
  private final Map<String, List<String>> query = new TreeMap<>();

  Head header(String name, String value) {
    headers.computeIfAbsent(name.toLowerCase(Locale.ROOT), key -> new ArrayList<>()).add(value);
    return this;
  }

  Head query(String name, String value) {
    query.computeIfAbsent(name, key -> new ArrayList<>()).add(value);
    return this;
  }

  @Override
  public List<String> header(String name) {
    return headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
  }

  @Override
  public List<String> query(String name) {
    return query.getOrDefault(name, List.of());
  }
}
