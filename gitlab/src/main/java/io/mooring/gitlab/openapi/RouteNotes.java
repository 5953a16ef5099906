package io.mooring.gitlab.openapi;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The notes in {@code routes.txt}, by route. */
final class RouteNotes {
  private static final String RESOURCE = "routes.txt";

  private final Map<String, RouteNote> notes;

  private RouteNotes(Map<String, RouteNote> notes) {
    this.notes = notes;
  }

  static RouteNotes load() {
    try (InputStream in =
        Objects.requireNonNull(RouteNotes.class.getResourceAsStream(RESOURCE), RESOURCE)) {
      return new RouteNotes(
          new String(in.readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .filter(line -> !line.isBlank() && !line.startsWith("#"))
              .map(RouteNote::parse)
              .collect(Collectors.toUnmodifiableMap(RouteNote::route, Function.identity())));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Optional<RouteNote> of(String route) {
    return Optional.ofNullable(notes.get(route));
  }
}
