package io.mooring.gitlab.presence;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.gitlab.presence.Presence.State;
import io.mooring.gitlab.presence.PresenceRules.Answer;
import io.mooring.gitlab.presence.PresenceRules.Change;
import io.mooring.gitlab.presence.PresenceRules.Decision;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class PresenceRulesTest {
  private static final Duration LOST = Duration.ofMinutes(2);
  private static final Duration RETURNED = Duration.ofMinutes(1);
  private static final Duration SILENT = Duration.ofMinutes(10);
  private static final PresenceRules RULES = new PresenceRules(LOST, RETURNED, SILENT);
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  @Test
  void losesAnAgentThatStaysAway() {
    Presence gone = RULES.disconnected(RULES.first(START), at(60), at(61));

    Decision decision = RULES.due(gone, Answer.ABSENT, START, at(180));

    assertThat(gone.dueAt()).contains(at(180));
    assertThat(decision.change()).isEqualTo(Change.LOST_DISCONNECTED);
    assertThat(decision.presence().dueAt()).isEmpty();
  }

  @Test
  void forgivesARestart() {
    Presence gone = RULES.disconnected(RULES.first(START), at(60), at(60));

    Presence back = RULES.connected(gone, at(90), at(91));

    assertThat(back.state()).isEqualTo(State.PRESENT);
    assertThat(back.dueAt()).contains(at(91).plus(SILENT));
  }

  @Test
  void believesKasThatAnAgentIsConnectedElsewhere() {
    Presence gone = RULES.disconnected(RULES.first(START), at(60), at(60));

    Decision decision = RULES.due(gone, Answer.CONNECTED, START, at(180));

    assertThat(decision.change()).isEqualTo(Change.NONE);
    assertThat(decision.presence().state()).isEqualTo(State.PRESENT);
  }

  @Test
  void waitsForKasUntilTheSilenceIsTooLong() {
    Presence gone = RULES.disconnected(RULES.first(START), at(60), at(60));

    Decision early = RULES.due(gone, Answer.UNREACHABLE, START, at(180));
    Decision late = RULES.due(early.presence(), Answer.UNREACHABLE, START, at(601));

    assertThat(early.change()).isEqualTo(Change.NONE);
    assertThat(late.change()).isEqualTo(Change.LOST_SILENT);
  }

  @Test
  void takesAWordAfterTheEndForAReturnWhenKasCannotBeAsked() {
    Presence gone = RULES.disconnected(RULES.first(START), at(60), at(60));

    Decision decision = RULES.due(RULES.seen(gone, at(100)), Answer.NO_KAS, START, at(180));

    assertThat(decision.presence().state()).isEqualTo(State.PRESENT);
    assertThat(decision.change()).isEqualTo(Change.NONE);
  }

  @Test
  void looksTwiceBeforeItLosesAnAgentThatFellSilentWhileKasAnswers() {
    Decision first = RULES.due(RULES.first(START), Answer.ABSENT, START, at(600));
    Decision second = RULES.due(first.presence(), Answer.ABSENT, START, at(720));

    assertThat(first.change()).isEqualTo(Change.NONE);
    assertThat(first.presence().dueAt()).contains(at(720));
    assertThat(second.change()).isEqualTo(Change.LOST_DISCONNECTED);
  }

  @Test
  void doesNotTakeItsOwnAbsenceForThatOfTheAgent() {
    Instant started = at(3600);

    Decision decision =
        RULES.due(RULES.first(START), Answer.UNREACHABLE, started, started.plusSeconds(5));

    assertThat(decision.change()).isEqualTo(Change.NONE);
    assertThat(decision.presence().dueAt()).contains(started.plus(SILENT));
  }

  @Test
  void believesAReturnThatLasts() {
    Presence returning = RULES.connected(lost(), at(700), at(700));

    Decision decision = RULES.due(returning, Answer.CONNECTED, START, at(760));

    assertThat(returning.dueAt()).contains(at(760));
    assertThat(decision.change()).isEqualTo(Change.RETURNED);
    assertThat(decision.presence().state()).isEqualTo(State.PRESENT);
  }

  @Test
  void startsTheTimeAnewWhenAReturnIsInterrupted() {
    Presence returning = RULES.connected(lost(), at(700), at(700));

    Presence interrupted = RULES.disconnected(returning, at(750), at(750));

    assertThat(interrupted.dueAt()).contains(at(810));
    assertThat(RULES.due(interrupted, Answer.ABSENT, START, at(810)).presence().state())
        .isEqualTo(State.LOST);
  }

  @Test
  void countsALossAfterAnHourOfCalmAsTheFirst() {
    Presence calm =
        RULES
            .due(RULES.connected(lost(), at(700), at(700)), Answer.CONNECTED, START, at(760))
            .presence();
    Presence again = RULES.disconnected(calm, at(760 + 3700), at(760 + 3700));

    Decision decision = RULES.due(again, Answer.ABSENT, START, at(760 + 3820));

    assertThat(decision.presence().losses()).isEqualTo(1);
  }

  @Test
  void tellsFiveTimesOfOneThatIsThreeMinutesThereAndThreeAwayForADay() {
    List<Change> told = told(Collections.nCopies(480, 180));

    assertThat(told)
        .containsExactly(
            Change.LOST_DISCONNECTED,
            Change.RETURNED,
            Change.LOST_DISCONNECTED,
            Change.RETURNED,
            Change.LOST_DISCONNECTED);
  }

  /** However an agent comes and goes: losses and returns alternate, and there are few of them. */
  @Property(tries = 200)
  void tellsOfOneThatComesAndGoesEverLess(
      @ForAll @Size(min = 50, max = 150) List<@IntRange(min = 1, max = 400) Integer> lengths) {
    List<Change> told = told(lengths);

    for (int i = 0; i < told.size(); i++) {
      assertThat(told.get(i) == Change.RETURNED).isEqualTo(i % 2 == 1);
    }
    // Of connections under seven minutes none is believed after the fourth loss in an hour.
    int hours = lengths.stream().mapToInt(length -> length).sum() / 3600;
    assertThat(told).hasSizeLessThanOrEqualTo(7 * (1 + hours));
  }

  /** What is told of an agent that changes between there and away after so many seconds each. */
  private static List<Change> told(List<Integer> lengths) {
    Presence presence = RULES.first(START);
    List<Change> told = new ArrayList<>();
    boolean connected = true;
    Instant now = START;
    for (int length : lengths) {
      Instant end = now.plusSeconds(length);
      while (presence.dueAt().isPresent() && !presence.dueAt().get().isAfter(end)) {
        Instant due = presence.dueAt().get();
        Decision decision =
            RULES.due(presence, connected ? Answer.CONNECTED : Answer.ABSENT, START, due);
        if (decision.change() != Change.NONE) {
          told.add(decision.change());
        }
        assertThat(decision.presence().dueAt().filter(next -> !next.isAfter(due))).isEmpty();
        presence = decision.presence();
      }
      now = end;
      connected = !connected;
      presence =
          connected ? RULES.connected(presence, now, now) : RULES.disconnected(presence, now, now);
    }
    return told;
  }

  private static Presence lost() {
    Presence gone = RULES.disconnected(RULES.first(START), at(60), at(60));
    return RULES.due(gone, Answer.ABSENT, START, at(180)).presence();
  }

  private static Instant at(long second) {
    return START.plusSeconds(second);
  }
}
