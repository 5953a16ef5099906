package io.mooring.apply.manifest;

import java.util.Optional;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * Places in a file of which one part was parsed by itself.
 *
 * @param firstLine number of the part's first line in the file, from 1
 */
record YamlPlaces(String file, int firstLine) {

  Position of(Node node) {
    return of(node.getStartMark());
  }

  Position of(Mark mark) {
    return new Position(file, firstLine + mark.getLine(), mark.getColumn() + 1);
  }

  Locator locator(Node root) {
    return path -> {
      Node node = root;
      for (Object step : path) {
        Optional<Node> next = step(node, step);
        if (next.isEmpty()) {
          break;
        }
        node = next.get();
      }
      return of(node);
    };
  }

  private static Optional<Node> step(Node node, Object step) {
    return switch (node) {
      case MappingNode mapping -> member(mapping, step);
      case SequenceNode sequence when step instanceof Integer index ->
          sequence.getValue().stream().skip(index).findFirst();
      default -> Optional.empty();
    };
  }

  private static Optional<Node> member(MappingNode mapping, Object name) {
    for (NodeTuple tuple : mapping.getValue().reversed()) {
      if (tuple.getKeyNode() instanceof ScalarNode key && key.getValue().equals(name)) {
        return Optional.of(tuple.getValueNode());
      }
    }
    return Optional.empty();
  }
}
