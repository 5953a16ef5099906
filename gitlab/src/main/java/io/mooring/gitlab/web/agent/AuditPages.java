package io.mooring.gitlab.web.agent;

import io.mooring.gitlab.agent.Agent;
import io.mooring.gitlab.audit.RequestRecord;
import io.mooring.gitlab.audit.RequestRecords;
import io.mooring.gitlab.http.Keyset;
import io.mooring.gitlab.http.Parameters;
import io.mooring.gitlab.web.Parts;
import io.mooring.gitlab.web.Parts.Tone;
import io.mooring.gitlab.web.html.Attributes;
import io.mooring.gitlab.web.html.Html;
import io.mooring.gitlab.web.html.Link;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Who sent what to the cluster of an agent. Thread-safe. */
@Component
class AuditPages {
  private static final int ROWS = 50;

  private final RequestRecords records;
  private final InstantSource clock;

  AuditPages(RequestRecords records, InstantSource clock) {
    this.records = records;
    this.clock = clock;
  }

  Html view(Agent agent, Parameters parameters) {
    Optional<String> username = given(parameters, "username");
    Optional<String> verb = given(parameters, "verb");
    Optional<String> resource = given(parameters, "resource");
    Optional<String> namespace = given(parameters, "namespace");
    Optional<Long> status =
        given(parameters, "status").filter(text -> text.matches("[0-9]{3}")).map(Long::valueOf);
    Optional<Keyset.Position> from =
        parameters
            .time("from_time")
            .flatMap(time -> parameters.number("from_id").map(id -> new Keyset.Position(time, id)));
    parameters.check();
    var filter =
        new RequestRecords.Filter(
            Optional.of(agent.id()),
            Optional.empty(),
            username,
            Optional.empty(),
            verb,
            resource,
            namespace,
            status,
            Optional.empty(),
            Optional.empty());
    List<RequestRecord> found = records.list(filter, from, ROWS + 1);
    List<RequestRecord> shown = found.subList(0, Math.min(ROWS, found.size()));
    Link here = AgentTab.AUDIT.link(agent);
    boolean filtered =
        Stream.of(username, verb, resource, namespace, status).anyMatch(Optional::isPresent);
    return Html.of(
        """
        <form class="card inline" action="{}"><input type="hidden" name="tab" value="audit">{}{}{}{}{}\
        <button type="submit" class="button">Filter</button>{}</form>{}{}
        """,
        AgentBadges.link(agent.project().fullPath(), agent.name()),
        filter("Person", "username", username),
        filter("Verb", "verb", verb),
        filter("Resource", "resource", resource),
        filter("Namespace", "namespace", namespace),
        filter("Status", "status", status.map(String::valueOf)),
        filtered ? Html.of("<a class=\"button\" href=\"{}\">Show all</a>", here) : Html.EMPTY,
        shown.isEmpty()
            ? Parts.empty(
                filtered ? "No such request" : "Nobody reached the cluster through this agent yet",
                Html.of(
                    "<p>Requests of jobs and people are written down here, with who sent them and what became of them."
                        + " See <a href=\"{}\">who may send some</a>, or <a href=\"{}\">look into the cluster</a>.</p>",
                    AgentTab.ACCESS.link(agent),
                    AgentTab.CLUSTER.link(agent)))
            : table(shown),
        found.size() > ROWS ? older(here, parameters, shown.getLast()) : Html.EMPTY);
  }

  private static Optional<String> given(Parameters parameters, String name) {
    return parameters.text(name).map(String::strip).filter(text -> !text.isEmpty());
  }

  private static Html filter(String label, String name, Optional<String> value) {
    return Parts.field(label, name, value.orElse(""), Attributes.NONE, Html.EMPTY);
  }

  private static Html older(Link here, Parameters parameters, RequestRecord last) {
    Link next = here;
    next = next.with("username", given(parameters, "username").orElse(""));
    next = next.with("verb", given(parameters, "verb").orElse(""));
    next = next.with("resource", given(parameters, "resource").orElse(""));
    next = next.with("namespace", given(parameters, "namespace").orElse(""));
    next = next.with("status", given(parameters, "status").orElse(""));
    next = next.with("from_time", last.time()).with("from_id", last.id());
    return Html.of(
        "<nav class=\"paging\" aria-label=\"Pages\"><a rel=\"next\" href=\"{}\">Older</a></nav>",
        next);
  }

  private Html table(List<RequestRecord> shown) {
    Instant now = clock.instant();
    return Html.of(
        """
        <div class="table"><table><thead><tr><th scope="col">When</th><th scope="col">Who</th><th scope="col">Request</th>\
        <th scope="col">Result</th></tr></thead><tbody>{}</tbody></table></div>
        """,
        Html.each(
            shown,
            record ->
                Html.of(
                    """
                    <tr><td data-label="When">{}</td><td data-label="Who">{}<span class="muted sub">{}</span></td>\
                    <td data-label="Request"><code>{}</code><span class="muted sub">{}</span></td><td data-label="Result">{}</td></tr>
                    """,
                    Parts.ago(record.time(), now),
                    who(record),
                    words(record.credential(), record.identity()),
                    words(record.verb(), record.resource()),
                    words(record.namespace(), record.name()),
                    result(record))));
  }

  private static String who(RequestRecord record) {
    if (record.username() != null) {
      return record.username();
    }
    return record.jobId() == null ? "somebody unknown" : "job " + record.jobId();
  }

  private static Html result(RequestRecord record) {
    if (record.refusal() != null) {
      return Parts.badge(Tone.BAD, "Refused", record.refusal());
    }
    if (record.status() == null) {
      return Parts.badge(Tone.WARN, "No answer");
    }
    return Parts.badge(record.status() < 400 ? Tone.GOOD : Tone.WARN, record.status().toString());
  }

  private static String words(@Nullable String... words) {
    return Stream.of(words).filter(Objects::nonNull).collect(Collectors.joining(" "));
  }
}
