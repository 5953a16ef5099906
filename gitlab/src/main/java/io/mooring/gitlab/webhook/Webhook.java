package io.mooring.gitlab.webhook;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * Whom a project or a group tells of what happens.
 *
 * @param id number in the database
 * @param uuid what receivers know it by
 * @param owner whose it is
 * @param url where it sends to
 * @param name what people call it
 * @param description what it is for
 * @param events what it tells of
 * @param failures attempts that failed since the last one that did not
 * @param disabledUntil until when nothing is sent, after several failures
 * @param disabled whether nothing is sent any more, after very many
 * @param createdAt when it was made
 */
public record Webhook(
    long id,
    String uuid,
    Owner owner,
    String url,
    String name,
    String description,
    Set<Topic> events,
    int failures,
    Optional<Instant> disabledUntil,
    boolean disabled,
    Instant createdAt) {
  public Webhook {
    events = Set.copyOf(events);
  }

  /** Whose a webhook is. */
  public sealed interface Owner {
    /** Number of the project or group. */
    long id();

    /** A project: it tells of its own agents. */
    record Project(long id) implements Owner {}

    /** A group: it tells of the agents of every project in it and below it. */
    record Group(long id) implements Owner {}
  }

  /** GitLab's word for whether something is sent. */
  public String alertStatus(Instant now) {
    return disabled
        ? "disabled"
        : disabledUntil.filter(now::isBefore).isPresent() ? "temporarily_disabled" : "executable";
  }
}
