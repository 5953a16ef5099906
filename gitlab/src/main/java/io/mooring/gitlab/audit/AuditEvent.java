package io.mooring.gitlab.audit;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * One administrative act. Nothing in it may be a secret: maintainers and administrators read it.
 *
 * @param name what happened, in snake case: {@code cluster_agent_token_created}
 * @param author who did it
 * @param entity the part of the instance whose people may read of it
 * @param target what was changed
 * @param details further facts, such as the values before and after, as JSON can hold them
 */
public record AuditEvent(
    String name, Author author, Entity entity, Target target, Map<String, Object> details) {
  public AuditEvent {
    details = Collections.unmodifiableMap(new LinkedHashMap<>(details));
  }

  /** An act that its name and target tell of completely. */
  public AuditEvent(String name, Author author, Entity entity, Target target) {
    this(name, author, entity, target, Map.of());
  }

  /**
   * Who did it.
   *
   * @param id number of the user; {@link #SYSTEM} has 0
   * @param username the name at that time
   */
  public record Author(long id, String username) {
    /** The application itself, such as when something expires. */
    public static final Author SYSTEM = new Author(0, "system");
  }

  /** Where an act belongs. */
  public enum Kind {
    /** The whole installation. */
    INSTANCE,
    /** A group. */
    GROUP,
    /** A project. */
    PROJECT,
    /** An account. */
    USER;

    /** The name in the database and in filters. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * The part of the instance an act belongs to.
   *
   * @param kind what it is
   * @param id its number; 0 for the instance
   * @param path its full path at that time
   */
  public record Entity(Kind kind, long id, String path) {
    /** The whole installation. */
    public static Entity instance() {
      return new Entity(Kind.INSTANCE, 0, "");
    }

    /** A project. */
    public static Entity project(long id, String path) {
      return new Entity(Kind.PROJECT, id, path);
    }

    /** A group. */
    public static Entity group(long id, String path) {
      return new Entity(Kind.GROUP, id, path);
    }

    /** An account. */
    public static Entity user(long id, String username) {
      return new Entity(Kind.USER, id, username);
    }
  }

  /**
   * What was changed.
   *
   * @param type its kind, such as {@code Clusters::Agent}
   * @param id its number
   * @param text what people call it
   */
  public record Target(String type, long id, String text) {}
}
