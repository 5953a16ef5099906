package io.mooring.gitaly.edit;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.TreeFormatter;
import org.eclipse.jgit.treewalk.CanonicalTreeParser;

/**
 * A tree that is being changed. Only the directories on the way to a change are read and written
 * anew, so that an edit in a large repository costs as much as in a small one. Used by one thread.
 */
final class TreeEdit {
  /** What a path names: a file, link or submodule, or a whole directory. */
  record Entry(int mode, ObjectId id) {}

  private final ObjectReader reader;
  private final Node root;

  /** Starts from a tree; the zero id is an empty one. */
  TreeEdit(ObjectReader reader, ObjectId tree) throws IOException {
    this.reader = reader;
    root = tree.equals(ObjectId.zeroId()) ? new Node(Map.of()) : load(tree);
  }

  Optional<Entry> find(List<ByteString> path) throws IOException {
    Node node = root;
    for (ByteString name : path.subList(0, path.size() - 1)) {
      Optional<Node> child = node.directory(name);
      if (child.isEmpty()) {
        return Optional.empty();
      }
      node = child.get();
    }
    return node.entry(path.getLast());
  }

  /** Whether a file stands where a directory on the way to this path should be. */
  boolean isBlocked(List<ByteString> path) throws IOException {
    Node node = root;
    for (ByteString name : path.subList(0, path.size() - 1)) {
      Optional<Entry> entry = node.entry(name);
      if (entry.isPresent() && !FileMode.TREE.equals(entry.get().mode())) {
        return true;
      }
      Optional<Node> child = node.directory(name);
      if (child.isEmpty()) {
        return false;
      }
      node = child.get();
    }
    return false;
  }

  /** Puts an entry in place, with the directories above it. */
  void put(List<ByteString> path, Entry entry) throws IOException {
    Node node = root;
    for (ByteString name : path.subList(0, path.size() - 1)) {
      Optional<Node> child = node.directory(name);
      if (child.isEmpty()) {
        node = node.newDirectory(name);
      } else {
        node = child.get();
      }
    }
    node.put(path.getLast(), entry);
  }

  /** Removes an entry, and the directories that are empty then. */
  void remove(List<ByteString> path) throws IOException {
    var way = new ArrayList<Node>();
    Node node = root;
    for (ByteString name : path.subList(0, path.size() - 1)) {
      way.add(node);
      Optional<Node> child = node.directory(name);
      if (child.isEmpty()) {
        return;
      }
      node = child.get();
    }
    node.remove(path.getLast());
    for (int i = way.size() - 1; i >= 0 && node.isEmpty(); i--) {
      way.get(i).remove(path.get(i));
      node = way.get(i);
    }
  }

  /** Writes what changed and gives the id of the whole. */
  ObjectId write(ObjectInserter inserter) throws IOException {
    return root.write(inserter);
  }

  private Node load(ObjectId tree) throws IOException {
    var entries = new HashMap<ByteString, Entry>();
    for (var parser = new CanonicalTreeParser(null, reader, tree); !parser.eof(); parser.next(1)) {
      ByteString name =
          ByteString.copyFrom(
              parser.getEntryPathBuffer(), parser.getNameOffset(), parser.getNameLength());
      entries.put(name, new Entry(parser.getEntryRawMode(), parser.getEntryObjectId()));
    }
    return new Node(entries);
  }

  private final class Node {
    private final Map<ByteString, Entry> entries;

    /** Directories that were looked into; they take the place of their entries. */
    private final Map<ByteString, Node> opened = new HashMap<>();

    Node(Map<ByteString, Entry> entries) {
      this.entries = new HashMap<>(entries);
    }

    boolean isEmpty() {
      return entries.isEmpty() && opened.isEmpty();
    }

    Optional<Entry> entry(ByteString name) {
      return opened.containsKey(name)
          ? Optional.of(new Entry(FileMode.TREE.getBits(), ObjectId.zeroId()))
          : Optional.ofNullable(entries.get(name));
    }

    Optional<Node> directory(ByteString name) throws IOException {
      Node known = opened.get(name);
      if (known != null) {
        return Optional.of(known);
      }
      Entry entry = entries.get(name);
      if (entry == null || !FileMode.TREE.equals(entry.mode())) {
        return Optional.empty();
      }
      Node loaded = load(entry.id());
      entries.remove(name);
      opened.put(name, loaded);
      return Optional.of(loaded);
    }

    Node newDirectory(ByteString name) {
      var made = new Node(Map.of());
      opened.put(name, made);
      return made;
    }

    void put(ByteString name, Entry entry) {
      opened.remove(name);
      entries.put(name, entry);
    }

    void remove(ByteString name) {
      opened.remove(name);
      entries.remove(name);
    }

    ObjectId write(ObjectInserter inserter) throws IOException {
      var all = new HashMap<>(entries);
      for (var child : opened.entrySet()) {
        all.put(
            child.getKey(), new Entry(FileMode.TREE.getBits(), child.getValue().write(inserter)));
      }
      var formatter = new TreeFormatter();
      for (var entry : sorted(all)) {
        formatter.append(
            entry.getKey().toByteArray(),
            FileMode.fromBits(entry.getValue().mode()),
            entry.getValue().id());
      }
      return inserter.insert(formatter);
    }

    /** Git sorts a directory as if its name ended with a slash. */
    private static List<Map.Entry<ByteString, Entry>> sorted(Map<ByteString, Entry> all) {
      Comparator<Map.Entry<ByteString, Entry>> order =
          (a, b) -> Arrays.compareUnsigned(key(a), key(b));
      return all.entrySet().stream().sorted(order).toList();
    }

    private static byte[] key(Map.Entry<ByteString, Entry> entry) {
      byte[] name = entry.getKey().toByteArray();
      if (!FileMode.TREE.equals(entry.getValue().mode())) {
        return name;
      }
      byte[] key = Arrays.copyOf(name, name.length + 1);
      key[name.length] = '/';
      return key;
    }
  }
}
