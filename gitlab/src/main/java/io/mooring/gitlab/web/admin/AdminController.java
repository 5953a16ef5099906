package io.mooring.gitlab.web.admin;

import io.mooring.gitlab.audit.AuditEvents;
import io.mooring.gitlab.configuration.GitLabConfiguration;
import io.mooring.gitlab.http.ExternalUrl;
import io.mooring.gitlab.http.Page;
import io.mooring.gitlab.http.Parameters;
import io.mooring.gitlab.http.Release;
import io.mooring.gitlab.identity.User;
import io.mooring.gitlab.identity.Users;
import io.mooring.gitlab.kas.KasClient;
import io.mooring.gitlab.project.Access;
import io.mooring.gitlab.project.Namespace;
import io.mooring.gitlab.project.Namespaces;
import io.mooring.gitlab.web.Layout;
import io.mooring.gitlab.web.Parts;
import io.mooring.gitlab.web.Parts.Tone;
import io.mooring.gitlab.web.Visit;
import io.mooring.gitlab.web.html.Attributes;
import io.mooring.gitlab.web.html.Html;
import io.mooring.gitlab.web.html.Link;
import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** What administrators look at: groups, acts, and how the instance is set up. */
@RestController
@RequestMapping("/admin")
class AdminController {
  private final Layout layout;
  private final Access access;
  private final Namespaces namespaces;
  private final AuditEvents events;
  private final Users users;
  private final GitLabConfiguration configuration;
  private final ExternalUrl external;
  private final KasClient kas;
  private final InstantSource clock;

  AdminController(
      Layout layout,
      Access access,
      Namespaces namespaces,
      AuditEvents events,
      Users users,
      GitLabConfiguration configuration,
      ExternalUrl external,
      KasClient kas,
      InstantSource clock) {
    this.layout = layout;
    this.access = access;
    this.namespaces = namespaces;
    this.events = events;
    this.users = users;
    this.configuration = configuration;
    this.external = external;
    this.kas = kas;
    this.clock = clock;
  }

  @GetMapping("/groups")
  Html groups(Visit visit, Parameters parameters) {
    User _ = visit.caller().requireAdmin();
    Page page = Page.of(parameters);
    Page.Slice<Namespace> slice =
        namespaces.visibleGroups(access.viewer(visit.caller()), Optional.empty(), page);
    return layout.page(
        visit,
        AdminFrame.of(AdminFrame.GROUPS),
        slice.total() == 0
            ? Parts.empty("No groups", Html.of("<p><a href=\"/groups/new\">Create one</a></p>"))
            : Html.of(
                """
                <div class="table"><table><thead><tr><th scope="col">Group</th><th scope="col">Who sees it</th>\
                <th scope="col">Made</th></tr></thead><tbody>{}</tbody></table></div>{}
                """,
                Html.each(
                    slice.items(),
                    group ->
                        Html.of(
                            "<tr><th scope=\"row\" data-label=\"Group\"><a href=\"{}\">{}</a></th><td data-label=\"Who sees it\">{}</td><td data-label=\"Made\">{}</td></tr>",
                            Link.to("/{}", group.fullPath()),
                            group.fullPath(),
                            group.visibility().text(),
                            Parts.ago(group.createdAt(), clock.instant()))),
                Parts.paging(page, slice.total(), AdminFrame.GROUPS)));
  }

  @GetMapping("/audit_events")
  Html audit(Visit visit, Parameters parameters) {
    User _ = visit.caller().requireAdmin();
    Optional<String> author = given(parameters, "author");
    Optional<String> name = given(parameters, "name");
    Page page = Page.of(parameters);
    Optional<Long> authorId =
        author.map(text -> users.named(text).map(User::id).orElse(-1L)); // Nobody has this number.
    Page.Slice<AuditEvents.Recorded> slice =
        events.list(
            new AuditEvents.Filter(
                Optional.empty(),
                Optional.empty(),
                authorId,
                name,
                Optional.empty(),
                Optional.empty()),
            page);
    Instant now = clock.instant();
    return layout.page(
        visit,
        AdminFrame.of(AdminFrame.AUDIT),
        Html.of(
            """
            <form class="card inline" action="{}">{}{}<button type="submit" class="button">Filter</button></form>{}{}
            """,
            AdminFrame.AUDIT,
            Parts.field("By (username)", "author", author.orElse(""), Attributes.NONE, Html.EMPTY),
            Parts.field(
                "What",
                "name",
                name.orElse(""),
                Attributes.of("placeholder", "project_created"),
                Html.EMPTY),
            slice.total() == 0
                ? Parts.empty(
                    author.isPresent() || name.isPresent() ? "No such event" : "Nothing was done",
                    author.isPresent() || name.isPresent()
                        ? Html.of("<p><a href=\"{}\">Show all</a></p>", AdminFrame.AUDIT)
                        : Html.of(
                            "<p>Changes of people, projects, agents and access are written down here.</p>"))
                : Html.of(
                    """
                    <div class="table"><table><thead><tr><th scope="col">When</th><th scope="col">By</th><th scope="col">What</th>\
                    <th scope="col">Where</th><th scope="col">From</th></tr></thead><tbody>{}</tbody></table></div>
                    """,
                    Html.each(slice.items(), event -> row(event, now))),
            Parts.paging(
                page,
                slice.total(),
                AdminFrame.AUDIT.with("author", author.orElse("")).with("name", name.orElse("")))));
  }

  private static Html row(AuditEvents.Recorded recorded, Instant now) {
    var event = recorded.event();
    return Html.of(
        """
        <tr><td data-label="When">{}</td><td data-label="By">{}</td><td data-label="What"><strong>{}</strong>\
        <span class="muted sub">{}</span></td><td data-label="Where">{}</td><td data-label="From"><code>{}</code></td></tr>
        """,
        Parts.ago(recorded.at(), now),
        event.author().username(),
        event.name().replace('_', ' '),
        event.target().text(),
        event.entity().path().isEmpty() ? event.entity().kind().text() : event.entity().path(),
        recorded.address().orElse(""));
  }

  @GetMapping("/instance")
  Html instance(Visit visit) {
    User _ = visit.caller().requireAdmin();
    return layout.page(
        visit,
        AdminFrame.of(AdminFrame.INSTANCE),
        Html.of(
            """
            <section class="card"><h2>Instance</h2><dl class="facts-list">{}{}{}{}{}</dl></section>
            """,
            fact("Version", Html.text(Release.VERSION + ", build " + Release.REVISION)),
            fact("Address", Html.text(external.base().toString())),
            fact(
                "kas",
                kas.isEnabled()
                    ? Parts.badge(Tone.GOOD, "Configured")
                    : Parts.badge(Tone.WARN, "Not configured")),
            fact(
                "Address for agents",
                Html.text(
                    configuration
                        .kas()
                        .externalUrl()
                        .map(URI::toString)
                        .orElse("not set: kas.external_url"))),
            fact(
                "Git storages",
                Html.text(String.join(", ", configuration.gitaly().storages().keySet())))));
  }

  private static Html fact(String name, Html value) {
    return Html.of("<div><dt>{}</dt><dd>{}</dd></div>", name, value);
  }

  private static Optional<String> given(Parameters parameters, String name) {
    return parameters.text(name).map(String::strip).filter(text -> !text.isEmpty());
  }
}
