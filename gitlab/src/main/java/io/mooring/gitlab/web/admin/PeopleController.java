package io.mooring.gitlab.web.admin;

import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.http.Page;
import io.mooring.gitlab.http.Parameters;
import io.mooring.gitlab.identity.User;
import io.mooring.gitlab.identity.UserChanges;
import io.mooring.gitlab.identity.Users;
import io.mooring.gitlab.web.Answers;
import io.mooring.gitlab.web.Layout;
import io.mooring.gitlab.web.Notice;
import io.mooring.gitlab.web.Parts;
import io.mooring.gitlab.web.Parts.Tone;
import io.mooring.gitlab.web.Visit;
import io.mooring.gitlab.web.html.Attributes;
import io.mooring.gitlab.web.html.Html;
import io.mooring.gitlab.web.html.Link;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Accounts, as administrators see them. */
@RestController
@RequestMapping("/admin")
class PeopleController {
  private final Layout layout;
  private final Users users;
  private final UserChanges changes;
  private final InstantSource clock;

  PeopleController(Layout layout, Users users, UserChanges changes, InstantSource clock) {
    this.layout = layout;
    this.users = users;
    this.changes = changes;
    this.clock = clock;
  }

  @GetMapping({"", "/users"})
  Html list(Visit visit, Parameters parameters) {
    visit.caller().requireAdmin();
    return list(
        visit,
        parameters.text("username").filter(name -> !name.isBlank()),
        Page.of(parameters),
        Optional.empty());
  }

  @PostMapping("/users")
  ResponseEntity<Html> create(Visit visit, Parameters parameters) {
    visit.caller().requireAdmin();
    try {
      changes.create(visit.caller().requireAdmin(), parameters);
      return Answers.changed(AdminFrame.PEOPLE, Notice.USER_CREATED);
    } catch (ApiException e) {
      return Answers.refused(
          list(visit, Optional.empty(), new Page(1, 20), Optional.of(Answers.problem(e))));
    }
  }

  @PostMapping("/users/{id}/block")
  ResponseEntity<Html> block(Visit visit, @PathVariable("id") long id) {
    changes.block(visit.caller().requireAdmin(), require(id), true);
    return Answers.changed(AdminFrame.PEOPLE, Notice.USER_BLOCKED);
  }

  @PostMapping("/users/{id}/unblock")
  ResponseEntity<Html> unblock(Visit visit, @PathVariable("id") long id) {
    changes.block(visit.caller().requireAdmin(), require(id), false);
    return Answers.changed(AdminFrame.PEOPLE, Notice.USER_UNBLOCKED);
  }

  @PostMapping("/users/{id}/delete")
  ResponseEntity<Html> delete(Visit visit, @PathVariable("id") long id) {
    changes.delete(visit.caller().requireAdmin(), require(id));
    return Answers.changed(AdminFrame.PEOPLE, Notice.USER_DELETED);
  }

  private User require(long id) {
    return users.find(id).orElseThrow(ApiException::notFound);
  }

  private Html list(Visit visit, Optional<String> username, Page page, Optional<String> problem) {
    Page.Slice<User> slice = users.list(username, page);
    Instant now = clock.instant();
    return layout.page(
        visit,
        AdminFrame.of(AdminFrame.PEOPLE),
        Html.of(
            """
            <form class="search" role="search" action="/admin"><label><span class="hidden">Username</span>\
            <input type="search" name="username" value="{}" placeholder="Username"></label></form>
            <div class="table"><table><thead><tr><th scope="col">Name</th><th scope="col">Email</th><th scope="col">State</th>\
            <th scope="col">Made</th><th scope="col"><span class="hidden">Change</span></th></tr></thead><tbody>{}</tbody></table></div>{}{}
            """,
            username.orElse(""),
            Html.each(slice.items(), user -> row(visit, user, now)),
            Parts.paging(page, slice.total(), AdminFrame.PEOPLE),
            form(visit, problem)));
  }

  private static Html row(Visit visit, User user, Instant now) {
    boolean self = user.id() == visit.user().id();
    return Html.of(
        """
        <tr><th scope="row" data-label="Name"><a href="{}">{}</a><span class="muted sub">@{}</span></th><td data-label="Email">{}</td>\
        <td data-label="State">{}</td><td data-label="Made">{}</td><td class="change"><span class="actions">{}</span></td></tr>
        """,
        Link.to("/{}", user.username()),
        user.name(),
        user.username(),
        user.email(),
        user.blocked()
            ? Parts.badge(Tone.BAD, "Blocked")
            : user.admin()
                ? Parts.badge(Tone.BUSY, "Administrator")
                : Parts.badge(Tone.GOOD, "Active"),
        Parts.ago(user.createdAt(), now),
        self ? Html.of("<span class=\"muted\">you</span>") : buttons(visit, user));
  }

  private static Html buttons(Visit visit, User user) {
    return Html.of(
        """
        <form method="post" action="{}">{}<button type="submit" class="button small">{}</button></form>\
        <details class="confirm"><summary class="button small danger">Delete</summary><form class="panel" method="post" action="{}">{}\
        <p>The account of <strong>{}</strong> goes with its own projects. This cannot be undone.</p>\
        <button type="submit" class="button danger">Delete it</button></form></details>
        """,
        user.blocked()
            ? Link.to("/admin/users/{}/unblock", user.id())
            : Link.to("/admin/users/{}/block", user.id()),
        visit.csrf(),
        user.blocked() ? "Unblock" : "Block",
        Link.to("/admin/users/{}/delete", user.id()),
        visit.csrf(),
        user.name());
  }

  private static Html form(Visit visit, Optional<String> problem) {
    Attributes required = Attributes.flag("required", true);
    return Html.of(
        """
        <section class="card"><h2>New account</h2><form class="form" method="post" action="/admin/users">{}{}{}{}{}{}
        <label class="check"><input type="checkbox" name="admin" value="true"><span>Administrator</span></label>
        <button type="submit" class="button primary">Create account</button></form></section>
        """,
        visit.csrf(),
        Parts.problem(problem),
        Parts.field(
            "Username",
            "username",
            "",
            required.and(Attributes.of("autocapitalize", "none")),
            Html.EMPTY),
        Parts.field("Name", "name", "", required, Html.EMPTY),
        Parts.field("Email", "email", "", required.and(Attributes.of("type", "email")), Html.EMPTY),
        Parts.field(
            "Password",
            "password",
            "",
            required
                .and(Attributes.of("type", "password"))
                .and(Attributes.of("autocomplete", "new-password")),
            Html.text("At least 8 characters.")));
  }
}
