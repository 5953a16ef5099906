package io.mooring.gitlab.web.project;

import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.http.Page;
import io.mooring.gitlab.http.Parameters;
import io.mooring.gitlab.identity.User;
import io.mooring.gitlab.identity.Users;
import io.mooring.gitlab.project.Access;
import io.mooring.gitlab.project.MemberChanges;
import io.mooring.gitlab.project.Members;
import io.mooring.gitlab.project.Members.Member;
import io.mooring.gitlab.project.Namespace;
import io.mooring.gitlab.project.Project;
import io.mooring.gitlab.project.Role;
import io.mooring.gitlab.web.Answers;
import io.mooring.gitlab.web.Frame;
import io.mooring.gitlab.web.Layout;
import io.mooring.gitlab.web.Notice;
import io.mooring.gitlab.web.Parts;
import io.mooring.gitlab.web.Visit;
import io.mooring.gitlab.web.html.Attributes;
import io.mooring.gitlab.web.html.Html;
import io.mooring.gitlab.web.html.Link;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.JsonNodeFactory;

/** Who belongs to projects and groups. */
@RestController
class MemberPageController {
  private final Layout layout;
  private final ProjectFrame frames;
  private final GroupPages groups;
  private final Access access;
  private final Members members;
  private final MemberChanges changes;
  private final Users users;

  MemberPageController(
      Layout layout,
      ProjectFrame frames,
      GroupPages groups,
      Access access,
      Members members,
      MemberChanges changes,
      Users users) {
    this.layout = layout;
    this.frames = frames;
    this.groups = groups;
    this.access = access;
    this.members = members;
    this.changes = changes;
    this.users = users;
  }

  /** What somebody may belong to, as both kinds of addresses name it. */
  private record Place(
      String kind,
      String path,
      Members.Source source,
      Optional<Role> role,
      Role least,
      Frame frame) {
    Link link() {
      return kind.equals(MemberChanges.GROUPS)
          ? Link.to("/groups/{}/-/group_members", path)
          : Link.to("/{}/-/project_members", path);
    }

    boolean changeable() {
      return role.filter(held -> held.includes(least)).isPresent();
    }
  }

  @GetMapping({"/{*path}/-/project_members", "/{*path}/-/group_members"})
  Html list(Visit visit, @PathVariable("path") String path, Parameters parameters) {
    return list(visit, place(visit, path), Page.of(parameters), Optional.empty());
  }

  @PostMapping({"/{*path}/-/project_members", "/{*path}/-/group_members"})
  ResponseEntity<Html> add(Visit visit, @PathVariable("path") String path, Parameters parameters) {
    Place place = place(visit, path);
    // Before the name is looked up: who may not add anybody need not learn who is there.
    if (!place.changeable()) {
      throw ApiException.forbidden();
    }
    String username = parameters.text("username").orElse("").replaceFirst("^@", "");
    Optional<User> user = users.named(username);
    try {
      if (user.isEmpty()) {
        throw ApiException.badRequest("There is nobody called " + username + ".");
      }
      changes.add(
          visit.caller(),
          place.kind(),
          place.path(),
          Parameters.of(
              JsonNodeFactory.instance
                  .objectNode()
                  .put("user_id", user.get().id())
                  .put("access_level", parameters.text("access_level").orElse(""))
                  .put("expires_at", parameters.text("expires_at").orElse(""))));
      return Answers.changed(place.link(), Notice.MEMBER_ADDED);
    } catch (ApiException e) {
      return Answers.refused(list(visit, place, new Page(1, 20), Optional.of(Answers.problem(e))));
    }
  }

  @PostMapping({
    "/{*path}/-/project_members/{user}/{change}",
    "/{*path}/-/group_members/{user}/{change}"
  })
  ResponseEntity<Html> change(
      Visit visit,
      @PathVariable("path") String path,
      @PathVariable("user") long user,
      @PathVariable("change") String change,
      Parameters parameters) {
    Place place = place(visit, path);
    return switch (change) {
      case "remove" -> {
        changes.remove(visit.caller(), place.kind(), place.path(), user);
        yield Answers.changed(place.link(), Notice.MEMBER_REMOVED);
      }
      case "update" -> {
        changes.update(visit.caller(), place.kind(), place.path(), user, parameters);
        yield Answers.changed(place.link(), Notice.SAVED);
      }
      default -> throw ApiException.notFound();
    };
  }

  private Place place(Visit visit, String path) {
    visit.user();
    String text = path.substring(1);
    if (text.startsWith("groups/")) {
      Namespace group = access.group(visit.caller(), text.substring("groups/".length()));
      return new Place(
          MemberChanges.GROUPS,
          group.fullPath(),
          new Members.Source.OfNamespace(group.id()),
          access.role(visit.caller().user(), group),
          Role.OWNER,
          groups.frame(visit, group, "Members"));
    }
    Project project = access.project(visit.caller(), text);
    return new Place(
        "projects",
        project.fullPath(),
        new Members.Source.OfProject(project.id()),
        access.role(visit.caller().user(), project),
        Role.MAINTAINER,
        frames.section(visit.caller(), project, ProjectFrame.Section.MEMBERS));
  }

  private Html list(Visit visit, Place place, Page page, Optional<String> problem) {
    Page.Slice<Member> slice = members.list(place.source(), page);
    return layout.page(
        visit,
        place.frame(),
        place.changeable() ? form(visit, place, problem) : Html.EMPTY,
        slice.total() == 0
            ? Parts.empty(
                "No members of its own",
                Html.of("<p>Who belongs to a group above belongs here too.</p>"))
            : Html.of(
                "<ul class=\"list card\">{}</ul>{}",
                Html.each(slice.items(), member -> row(visit, place, member)),
                Parts.paging(page, slice.total(), place.link())));
  }

  private static Html form(Visit visit, Place place, Optional<String> problem) {
    return Html.of(
        """
        <section class="card"><h2>Add somebody</h2>{}<form class="inline" method="post" action="{}">{}{}{}{}
        <button type="submit" class="button primary">Add</button></form></section>
        """,
        Parts.problem(problem),
        place.link(),
        visit.csrf(),
        Parts.field(
            "Username",
            "username",
            "",
            Attributes.flag("required", true).and(Attributes.of("autocapitalize", "none")),
            Html.EMPTY),
        Parts.choice("Role", "access_level", roles(Role.DEVELOPER)),
        Parts.field("Until", "expires_at", "", Attributes.of("type", "date"), Html.EMPTY));
  }

  private static Html roles(Role chosen) {
    return Html.each(
        Arrays.asList(Role.values()),
        role ->
            Parts.option(
                Integer.toString(role.level()),
                role.text().substring(0, 1).toUpperCase(Locale.ROOT) + role.text().substring(1),
                role == chosen));
  }

  private static Html row(Visit visit, Place place, Member member) {
    boolean self = visit.user().id() == member.userId();
    return Html.of(
        """
        <li><span class="avatar" aria-hidden="true">{}</span><span><strong>{}</strong><span class="muted sub">@{}{}</span></span>\
        <span class="end actions">{}{}</span></li>
        """,
        Layout.initials(member.name()),
        member.name(),
        member.username(),
        member.expiresAt().map(day -> ", until " + day).orElse(""),
        place.changeable() && !self
            ? Html.of(
                """
                <form class="actions" method="post" action="{}/{}/update">{}<label><span class="hidden">Role of {}</span>\
                <select name="access_level">{}</select></label><button type="submit" class="button small">Save</button></form>
                """,
                place.link(),
                member.userId(),
                visit.csrf(),
                member.name(),
                roles(member.role()))
            : Html.of("<span class=\"chip\">{}</span>", member.role().text()),
        place.changeable() || self
            ? Html.of(
                "<form method=\"post\" action=\"{}/{}/remove\">{}<button type=\"submit\" class=\"button small danger\">{}</button></form>",
                place.link(),
                member.userId(),
                visit.csrf(),
                self ? "Leave" : "Remove")
            : Html.EMPTY);
  }
}
