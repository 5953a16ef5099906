package io.mooring.apply.manifest;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads manifest files: YAML of several documents, JSON objects, and Lists of both. What is wrong
 * is reported with its place and stops nothing else from being read. Nothing here fails, whatever
 * the files hold.
 */
public final class ManifestReader {
  private final List<Manifest> manifests = new ArrayList<>();
  private final List<Problem> errors = new ArrayList<>();
  private final List<Problem> warnings = new ArrayList<>();

  private ManifestReader() {}

  /** Reads all files. */
  public static Reading read(List<Source> sources) {
    ManifestReader reader = new ManifestReader();
    for (Source source : sources) {
      reader.read(source);
    }
    return new Reading(reader.manifests, reader.errors, reader.warnings);
  }

  private void read(Source source) {
    try {
      String text = TextDecoder.decode(source);
      if (!JsonReader.looksLikeJson(text) || !readJson(source.path(), text)) {
        new YamlReader(source.path(), this::accept, errors, warnings).read(text);
      }
    } catch (MalformedDocumentException e) {
      errors.add(e.problem());
    }
  }

  /** A brace may also begin a flow map of YAML: what is no JSON gets its chance as YAML. */
  private boolean readJson(String file, String text) throws MalformedDocumentException {
    List<Problem> found = new ArrayList<>();
    List<Document> documents;
    try {
      documents = JsonReader.read(file, text, found);
    } catch (MalformedDocumentException notJson) {
      if (readsAsYaml(file, text)) {
        return false;
      }
      throw notJson;
    }
    warnings.addAll(found);
    documents.forEach(this::accept);
    return true;
  }

  private static boolean readsAsYaml(String file, String text) {
    List<Problem> failures = new ArrayList<>();
    new YamlReader(file, document -> {}, failures, new ArrayList<>()).read(text);
    return failures.isEmpty();
  }

  private void accept(Document document) {
    for (Document object : ListFlattener.flatten(document)) {
      if (manifests.size() == Limits.MAX_OBJECTS) {
        errors.add(
            new Problem(
                object.locator().at(),
                "more than " + Limits.MAX_OBJECTS + " objects in one commit",
                "several manifest projects"));
        return;
      }
      ObjectCheck check = new ObjectCheck(object, errors, warnings);
      check.manifest().ifPresent(manifests::add);
    }
  }
}
