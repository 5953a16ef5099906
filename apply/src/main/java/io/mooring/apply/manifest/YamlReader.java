package io.mooring.apply.manifest;

import io.mooring.apply.object.Json;
import io.mooring.apply.object.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.composer.Composer;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.ReaderException;
import org.yaml.snakeyaml.reader.StreamReader;

/**
 * Reads the YAML documents of one file. A document that cannot be read does not stop those after
 * it.
 */
final class YamlReader {
  private static final GoScalars SCALARS = new GoScalars();

  /**
   * Enough for common labels on every document of a long file; what they expand to is counted by
   * itself.
   */
  private static final int MAX_ALIASES = 10_000;

  private final String file;
  private final Consumer<Document> documents;
  private final List<Problem> errors;
  private final List<Problem> warnings;

  YamlReader(
      String file, Consumer<Document> documents, List<Problem> errors, List<Problem> warnings) {
    this.file = file;
    this.documents = documents;
    this.errors = errors;
    this.warnings = warnings;
  }

  void read(String text) {
    for (DocumentSplitter.Chunk chunk : DocumentSplitter.split(text)) {
      YamlPlaces places = new YamlPlaces(file, chunk.line());
      try {
        readChunk(chunk, places);
      } catch (MalformedDocumentException e) {
        errors.add(e.problem());
      } catch (MarkedYAMLException e) {
        errors.add(problem(e, places));
      } catch (ReaderException e) {
        errors.add(problem(e, chunk));
      } catch (YAMLException e) {
        errors.add(Problem.at(new Position(file, chunk.line(), 1), "not YAML: " + e.getMessage()));
      }
    }
  }

  private void readChunk(DocumentSplitter.Chunk chunk, YamlPlaces places)
      throws MalformedDocumentException {
    LoaderOptions options = new LoaderOptions();
    options.setNestingDepthLimit(Json.MAX_DEPTH);
    options.setMaxAliasesForCollections(MAX_ALIASES);
    options.setCodePointLimit(Limits.MAX_SOURCE_BYTES);
    Composer composer =
        new Composer(new ParserImpl(new StreamReader(chunk.text()), options), SCALARS, options);
    while (composer.checkNode()) {
      Node root = composer.getNode();
      Object value = new YamlTree(places, warnings).read(root);
      accept(value, places.locator(root));
    }
  }

  private void accept(@Nullable Object value, Locator locator) throws MalformedDocumentException {
    switch (value) {
      case null -> {} // an empty document, or only comments
      case Map<?, ?> map -> documents.accept(new Document(object(map), locator));
      default ->
          throw new MalformedDocumentException(
              new Problem(
                  locator.at(),
                  "the document is " + (value instanceof List ? "a list" : "a single value"),
                  "a Kubernetes object with apiVersion, kind and metadata"));
    }
  }

  // YamlTree makes string keys only.
  @SuppressWarnings("unchecked")
  private static JsonObject object(Map<?, ?> map) {
    return new JsonObject((Map<String, @Nullable Object>) map);
  }

  /** The library's own text would quote the file, and the file may hold a Secret. */
  private static Problem problem(MarkedYAMLException e, YamlPlaces places) {
    Position position =
        e.getProblemMark() == null
            ? new Position(places.file(), places.firstLine(), 1)
            : places.of(e.getProblemMark());
    String message = Objects.requireNonNullElse(e.getProblem(), "not YAML").strip();
    String expected = message.contains("\\t(TAB)") ? "spaces for indentation" : "";
    return new Problem(position, "not YAML: " + message, expected);
  }

  private Problem problem(ReaderException e, DocumentSplitter.Chunk chunk) {
    int index =
        Math.min(chunk.text().offsetByCodePoints(0, e.getPosition()), chunk.text().length());
    Position inChunk = TextDecoder.place(file, chunk.text(), index);
    return new Problem(
        new Position(file, inChunk.line() + chunk.line() - 1, inChunk.column()),
        "the character U+%04X cannot stand in YAML".formatted(e.getCodePoint()),
        "printable text, or an escape inside double quotes");
  }
}
