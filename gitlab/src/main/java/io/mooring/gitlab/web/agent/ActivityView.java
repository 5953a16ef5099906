package io.mooring.gitlab.web.agent;

import io.mooring.gitlab.agent.ActivityEvents;
import io.mooring.gitlab.http.Page;
import io.mooring.gitlab.web.Parts;
import io.mooring.gitlab.web.Parts.Tone;
import io.mooring.gitlab.web.html.Html;
import io.mooring.gitlab.web.html.Link;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What happened with an agent, day by day. */
final class ActivityView {
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("EEEE, d MMMM uuuu", Locale.ENGLISH);

  private ActivityView() {}

  static Html view(
      Page.Slice<ActivityEvents.Event> events,
      Page page,
      Link here,
      Function<Optional<Long>, String> people,
      Function<Optional<Long>, String> tokens,
      Instant now) {
    Map<LocalDate, List<ActivityEvents.Event>> days =
        events.items().stream()
            .collect(
                Collectors.groupingBy(
                    event -> LocalDate.ofInstant(event.recordedAt(), ZoneOffset.UTC),
                    LinkedHashMap::new,
                    Collectors.toList()));
    return Html.of(
        """
        <section class="card"><h2>Now</h2><ol class="feed" id="feed" data-feed aria-live="polite"></ol>\
        <p class="muted" data-feed-empty>What the agent does shows here while the page is open.</p></section>
        <section class="card" id="activity" data-live><h2>Connections and tokens</h2>{}{}</section>
        """,
        days.isEmpty()
            ? Html.of("<p class=\"muted\">Nothing happened yet.</p>")
            : Html.each(
                days.entrySet(),
                day ->
                    Html.of(
                        "<h3>{}</h3><ol class=\"feed\">{}</ol>",
                        DAY.format(day.getKey()),
                        Html.each(day.getValue(), event -> event(event, people, tokens, now)))),
        Parts.paging(page, events.total(), here));
  }

  private static Html event(
      ActivityEvents.Event event,
      Function<Optional<Long>, String> people,
      Function<Optional<Long>, String> tokens,
      Instant now) {
    String person = people.apply(Optional.ofNullable(event.userId()));
    String token = tokens.apply(Optional.ofNullable(event.agentTokenId()));
    Html text =
        switch (event.kind()) {
          case "token_created" ->
              Html.of("Token <strong>{}</strong> was created by {}", token, person);
          case "token_revoked" ->
              Html.of("Token <strong>{}</strong> was revoked by {}", token, person);
          case "agent_connected" ->
              Html.of("{} with token {}", Parts.badge(Tone.GOOD, "Connected"), token);
          case "agent_lost" -> Html.of("{} An alert was raised", Parts.badge(Tone.BAD, "Lost"));
          case "agent_returned" -> Html.of("{} The alert ended", Parts.badge(Tone.GOOD, "Back"));
          default -> Parts.badge(Tone.BAD, "Not connected");
        };
    return Html.of(
        "<li>{} <span class=\"muted\">{}</span></li>", text, Parts.ago(event.recordedAt(), now));
  }
}
