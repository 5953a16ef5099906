package io.mooring.protocol.yaml;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/** Entries of YAML mappings: text keys, duplicates found, merge keys followed. One thread. */
final class Mappings {
  private final Findings findings;
  private final Set<Node> open = Collections.newSetFromMap(new IdentityHashMap<>());

  Mappings(Findings findings) {
    this.findings = findings;
  }

  /** A key and its value as they stand in the document. */
  record Entry(Node key, Node value) {}

  /** The entries by key, in the order of the document; empty after a problem was found. */
  Optional<Map<String, Entry>> entries(Node node, String path) {
    if (!(node instanceof MappingNode mapping) || !node.getTag().equals(Tag.MAP)) {
      findings.problem(node, path, Scalars.shown(node), "a mapping");
      return Optional.empty();
    }
    if (!open.add(node)) {
      findings.problem(node, path, "merges itself", "a mapping without a cycle");
      return Optional.empty();
    }
    try {
      return Optional.of(entries(mapping, path));
    } finally {
      open.remove(node);
    }
  }

  private Map<String, Entry> entries(MappingNode mapping, String path) {
    Map<String, Entry> entries = new LinkedHashMap<>();
    List<Node> merged = new ArrayList<>();
    for (NodeTuple tuple : mapping.getValue()) {
      Node key = tuple.getKeyNode();
      if (!findings.visit(key, path)) {
        break;
      }
      if (key.getTag().equals(Tag.MERGE)) {
        merged.add(tuple.getValueNode());
      } else if (key instanceof ScalarNode scalar) {
        Entry before = entries.put(scalar.getValue(), new Entry(key, tuple.getValueNode()));
        if (before != null) {
          findings.warning(
              key,
              path.isEmpty() ? scalar.getValue() : path + "." + scalar.getValue(),
              "stands twice, also in line "
                  + (before.key().getStartMark().getLine() + 1)
                  + "; this one counts",
              "once");
        }
      } else {
        findings.problem(key, path, Scalars.shown(key) + " as a key", "text");
      }
    }
    for (Node source : merged) {
      merge(source, entries, path);
    }
    return entries;
  }

  private void merge(Node source, Map<String, Entry> entries, String path) {
    List<Node> sources =
        source instanceof SequenceNode sequence ? sequence.getValue() : List.of(source);
    for (Node each : sources) {
      if (!findings.visit(each, path)) {
        return;
      }
      entries(each, path).ifPresent(found -> found.forEach(entries::putIfAbsent));
    }
  }
}
