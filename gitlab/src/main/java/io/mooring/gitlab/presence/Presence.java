package io.mooring.gitlab.presence;

import java.time.Instant;
import java.util.Optional;

/**
 * What is known of an agent's presence.
 *
 * @param state where it stands
 * @param since when it came to stand there
 * @param seenAt when it was last heard of
 * @param dueAt when somebody has to look at it; empty when nothing can change by itself
 * @param losses how often it was lost without being there for long in between
 * @param returnedAt when it last came back to stay, or was heard of for the first time
 */
record Presence(
    State state,
    Instant since,
    Instant seenAt,
    Optional<Instant> dueAt,
    int losses,
    Instant returnedAt) {

  /** Where an agent stands. */
  enum State {
    /** It is there, as far as anybody knows. */
    PRESENT,
    /** It seems to be gone, which may be a restart. */
    LEAVING,
    /** It is gone for long; an alert was raised. */
    LOST,
    /** It is there again, which may be for a moment. */
    RETURNING
  }

  Presence seen(Instant at) {
    return new Presence(state, since, at.isAfter(seenAt) ? at : seenAt, dueAt, losses, returnedAt);
  }

  Presence due(Instant at) {
    return new Presence(state, since, seenAt, Optional.of(at), losses, returnedAt);
  }

  Presence become(State next, Instant at, Optional<Instant> due) {
    return new Presence(next, at, seenAt, due, losses, returnedAt);
  }
}
