package io.mooring.protocol.yaml;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.nodes.Node;

/**
 * What one reading of a document finds: problems, warnings, and where each path stands. One thread.
 */
final class Findings {
  private final String file;
  private final List<Problem> problems = new ArrayList<>();
  private final Set<Problem> warnings = new LinkedHashSet<>();
  private final Map<String, Mark> positions = new LinkedHashMap<>();
  private int visited;

  Findings(String file) {
    this.file = file;
  }

  void problem(Node at, String path, String message, String expected) {
    problem(at.getStartMark(), path, message, expected);
  }

  void problem(Mark at, String path, String message, String expected) {
    if (problems.size() < ProtoYaml.MAX_PROBLEMS) {
      problems.add(at(at, path, message, expected));
    }
  }

  void warning(Node at, String path, String message, String expected) {
    if (warnings.size() < ProtoYaml.MAX_PROBLEMS) {
      warnings.add(at(at.getStartMark(), path, message, expected));
    }
  }

  /** Remembers where a path stands, for rules that are judged later. */
  void stands(String path, Node node) {
    positions.put(path, node.getStartMark());
  }

  /**
   * A problem at a path; one that does not stand in the document is shown at what would hold it.
   */
  void problem(String path, String message, String expected) {
    String at = path;
    while (!positions.containsKey(at) && !at.isEmpty()) {
      int cut = Math.max(at.lastIndexOf('.'), at.lastIndexOf('['));
      at = cut < 0 ? "" : at.substring(0, cut);
    }
    Mark mark = positions.get(at);
    if (mark != null) {
      problem(mark, path, message, expected);
    } else if (problems.size() < ProtoYaml.MAX_PROBLEMS) {
      problems.add(new Problem(file, 0, 0, path, message, expected));
    }
  }

  /** Counts a node that is looked at, aliases each time; false when it is one too many. */
  boolean visit(Node node, String path) {
    if (++visited == ProtoYaml.MAX_NODES + 1) {
      problem(
          node,
          path,
          "aliases expand to more than " + ProtoYaml.MAX_NODES + " nodes",
          "fewer aliases");
    }
    return visited <= ProtoYaml.MAX_NODES;
  }

  List<Problem> warnings() {
    return List.copyOf(warnings);
  }

  void refuseIfAny() throws InvalidDocumentException {
    if (!problems.isEmpty()) {
      throw new InvalidDocumentException(problems);
    }
  }

  private Problem at(Mark at, String path, String message, String expected) {
    return new Problem(file, at.getLine() + 1, at.getColumn() + 1, path, message, expected);
  }
}
