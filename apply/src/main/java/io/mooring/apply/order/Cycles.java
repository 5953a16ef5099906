package io.mooring.apply.order;

import io.mooring.apply.object.ObjectRef;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.Set;

/** Finds objects that wait for themselves. Works without recursion: chains may be long. */
final class Cycles {
  private enum Mark {
    OPEN,
    DONE
  }

  private final Map<ObjectRef, Set<ObjectRef>> edges;
  private final Map<ObjectRef, Mark> marks = new HashMap<>();
  private final List<List<ObjectRef>> found = new ArrayList<>();

  private Cycles(Map<ObjectRef, Set<ObjectRef>> edges) {
    this.edges = edges;
  }

  /**
   * Every cycle that a depth-first walk closes; together they hold at least one edge of each
   * circular chain.
   *
   * @param edges what each object depends on
   * @return cycles as chains that end where they begin
   */
  static List<List<ObjectRef>> in(Map<ObjectRef, Set<ObjectRef>> edges) {
    Cycles cycles = new Cycles(edges);
    edges.keySet().forEach(cycles::walk);
    return cycles.found;
  }

  private void walk(ObjectRef start) {
    if (marks.containsKey(start)) {
      return;
    }
    SequencedSet<ObjectRef> path = new LinkedHashSet<>();
    Deque<Iterator<ObjectRef>> pending = new ArrayDeque<>();
    enter(start, path, pending);
    while (!pending.isEmpty()) {
      Iterator<ObjectRef> next = pending.peek();
      if (!next.hasNext()) {
        pending.pop();
        marks.put(path.removeLast(), Mark.DONE);
        continue;
      }
      ObjectRef to = next.next();
      Mark mark = marks.get(to);
      if (mark == Mark.OPEN) {
        found.add(chain(path, to));
      } else if (mark == null) {
        enter(to, path, pending);
      }
    }
  }

  private void enter(
      ObjectRef ref, SequencedSet<ObjectRef> path, Deque<Iterator<ObjectRef>> pending) {
    marks.put(ref, Mark.OPEN);
    path.add(ref);
    pending.push(edges.getOrDefault(ref, Set.of()).iterator());
  }

  private static List<ObjectRef> chain(Set<ObjectRef> path, ObjectRef end) {
    List<ObjectRef> chain = new ArrayList<>();
    boolean inside = false;
    for (ObjectRef ref : path) {
      inside |= ref.equals(end);
      if (inside) {
        chain.add(ref);
      }
    }
    chain.add(end);
    return chain;
  }
}
