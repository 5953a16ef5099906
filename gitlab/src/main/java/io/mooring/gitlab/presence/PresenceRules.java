package io.mooring.gitlab.presence;

import io.mooring.gitlab.presence.Presence.State;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * When an agent counts as lost and when as returned (docs/gitlab.md, "Alerts"). Both need time, so
 * that a restart is not told of and one that comes and goes is told of ever less. Pure.
 *
 * @param lostAfter how long no kas may have a connection of it
 * @param returnedAfter how long it must be there again; doubled for each loss after the first,
 *     {@link #MAX_DOUBLINGS} times at most
 * @param silentAfter how long nothing may be heard of it when kas cannot say
 */
record PresenceRules(Duration lostAfter, Duration returnedAfter, Duration silentAfter) {
  /** From a minute to half an hour. */
  static final int MAX_DOUBLINGS = 5;

  /** After so long without a loss the next one counts as the first. */
  static final Duration CALM = Duration.ofHours(1);

  /** What kas says of an agent's connections. */
  enum Answer {
    CONNECTED,
    ABSENT,
    /** kas is away. */
    UNREACHABLE,
    /** There is no kas that could be asked. */
    NO_KAS
  }

  /** What is to be told. */
  enum Change {
    NONE,
    LOST_DISCONNECTED,
    LOST_SILENT,
    RETURNED
  }

  /** What an agent's presence becomes, and what is told of it. */
  record Decision(Presence presence, Change change) {}

  /** An agent that is heard of for the first time. */
  Presence first(Instant now) {
    return new Presence(State.PRESENT, now, now, Optional.of(now.plus(silentAfter)), 0, now);
  }

  /** Something was heard of it. */
  Presence seen(Presence presence, Instant now) {
    Presence seen = presence.seen(now);
    return switch (presence.state()) {
      case PRESENT -> seen.due(now.plus(silentAfter));
      case LOST -> seen.become(State.RETURNING, now, Optional.of(now.plus(stay(presence))));
      case LEAVING, RETURNING -> seen;
    };
  }

  /** It connected to a kas. {@code at} is when, which may be before what is known already. */
  Presence connected(Presence presence, Instant at, Instant now) {
    if (presence.state() == State.LEAVING && !at.isBefore(presence.since())) {
      return back(presence.seen(now), now);
    }
    // What ended before began anew, so the time of staying does too.
    return presence.state() == State.RETURNING
        ? presence.seen(now).due(now.plus(stay(presence)))
        : seen(presence, now);
  }

  /** Its last connection to one kas ended; whether it has others is asked when the time is over. */
  Presence disconnected(Presence presence, Instant at, Instant now) {
    return switch (presence.state()) {
      case PRESENT -> presence.become(State.LEAVING, at, Optional.of(later(at, lostAfter, now)));
      case RETURNING ->
          presence.become(State.RETURNING, now, Optional.of(now.plus(stay(presence))));
      case LEAVING, LOST -> presence;
    };
  }

  /**
   * The time to look came.
   *
   * @param listeningSince since when the application heard everything
   */
  Decision due(Presence presence, Answer answer, Instant listeningSince, Instant now) {
    Instant heard = presence.seenAt().isAfter(listeningSince) ? presence.seenAt() : listeningSince;
    Instant silent = heard.plus(silentAfter);
    return switch (presence.state()) {
      case LOST ->
          quiet(
              new Presence(
                  State.LOST,
                  presence.since(),
                  presence.seenAt(),
                  Optional.empty(),
                  presence.losses(),
                  presence.returnedAt()));
      case PRESENT ->
          switch (answer) {
            case CONNECTED -> quiet(presence.seen(now).due(now.plus(silentAfter)));
            case ABSENT ->
                quiet(presence.become(State.LEAVING, now, Optional.of(now.plus(lostAfter))));
            case UNREACHABLE, NO_KAS ->
                silent.isAfter(now)
                    ? quiet(presence.due(silent))
                    : lost(presence, Change.LOST_SILENT, now);
          };
      case LEAVING ->
          switch (answer) {
            case CONNECTED -> quiet(back(presence.seen(now), now));
            case ABSENT -> lost(presence, Change.LOST_DISCONNECTED, now);
            case UNREACHABLE, NO_KAS ->
                presence.seenAt().isAfter(presence.since())
                    ? quiet(back(presence, now))
                    : silent.isAfter(now)
                        ? quiet(presence.due(earlier(silent, now.plus(lostAfter))))
                        : lost(presence, Change.LOST_SILENT, now);
          };
      case RETURNING ->
          switch (answer) {
            case CONNECTED -> returned(presence.seen(now), now);
            case NO_KAS -> returned(presence, now);
            case ABSENT -> quiet(presence.become(State.LOST, now, Optional.empty()));
            case UNREACHABLE ->
                silent.isAfter(now)
                    ? quiet(presence.due(now.plus(stay(presence))))
                    : quiet(presence.become(State.LOST, now, Optional.empty()));
          };
    };
  }

  /** How long it must be there before it is believed. */
  private Duration stay(Presence presence) {
    return returnedAfter.multipliedBy(1L << Math.clamp(presence.losses() - 1L, 0, MAX_DOUBLINGS));
  }

  private Presence back(Presence presence, Instant now) {
    return presence.become(State.PRESENT, now, Optional.of(now.plus(silentAfter)));
  }

  private static Decision lost(Presence presence, Change change, Instant now) {
    boolean calm = presence.returnedAt().plus(CALM).isBefore(now);
    return new Decision(
        new Presence(
            State.LOST,
            now,
            presence.seenAt(),
            Optional.empty(),
            calm ? 1 : presence.losses() + 1,
            presence.returnedAt()),
        change);
  }

  private Decision returned(Presence presence, Instant now) {
    return new Decision(
        new Presence(
            State.PRESENT,
            now,
            presence.seenAt(),
            Optional.of(now.plus(silentAfter)),
            presence.losses(),
            now),
        Change.RETURNED);
  }

  private static Decision quiet(Presence presence) {
    return new Decision(presence, Change.NONE);
  }

  /** Never in the past, where a message that was long on its way may lie. */
  private static Instant later(Instant at, Duration wait, Instant now) {
    Instant due = at.plus(wait);
    return due.isBefore(now) ? now : due;
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }
}
