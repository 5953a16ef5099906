package io.mooring.gitlab.web.project;

import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.http.Page;
import io.mooring.gitlab.http.Parameters;
import io.mooring.gitlab.project.Access;
import io.mooring.gitlab.project.GroupChanges;
import io.mooring.gitlab.project.Namespace;
import io.mooring.gitlab.project.Namespaces;
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
import java.util.List;
import java.util.Optional;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Lists of groups, and how new ones are made. */
@RestController
class GroupListController {
  private static final Page PARENTS = new Page(1, Page.MAX_SIZE);

  private final Layout layout;
  private final Access access;
  private final Namespaces namespaces;
  private final GroupChanges changes;

  GroupListController(Layout layout, Access access, Namespaces namespaces, GroupChanges changes) {
    this.layout = layout;
    this.access = access;
    this.namespaces = namespaces;
    this.changes = changes;
  }

  @GetMapping("/dashboard/groups")
  Html list(Visit visit, Parameters parameters) {
    visit.user();
    Page page = Page.of(parameters);
    Page.Slice<Namespace> slice =
        namespaces.visibleGroups(access.viewer(visit.caller()), Optional.empty(), page);
    return layout.page(
        visit,
        Frame.of("Groups")
            .actions(Html.of("<a class=\"button primary\" href=\"/groups/new\">New group</a>")),
        slice.total() == 0
            ? Parts.empty(
                "No groups yet",
                Html.of(
                    "<p>A group holds projects of people who work together. Agents can be shared within one.</p><p><a class=\"button primary\" href=\"/groups/new\">Create one</a></p>"))
            : Html.of(
                "<ul class=\"list card\">{}</ul>{}",
                Html.each(slice.items(), GroupPages::row),
                Parts.paging(page, slice.total(), Link.to("/dashboard/groups"))));
  }

  @GetMapping("/groups/new")
  Html form(Visit visit) {
    visit.user();
    return form(visit, "", "", Optional.empty());
  }

  @PostMapping("/groups")
  ResponseEntity<Html> create(Visit visit, Parameters parameters) {
    try {
      Namespace group = changes.create(visit.caller(), wanted(parameters));
      return Answers.changed(Link.to("/{}", group.fullPath()), Notice.GROUP_CREATED);
    } catch (ApiException e) {
      return Answers.refused(
          form(
              visit,
              parameters.text("name").orElse(""),
              parameters.text("path").orElse(""),
              Optional.of(Answers.problem(e))));
    }
  }

  /** A form sends an empty text for "no other group". */
  private static Parameters wanted(Parameters parameters) {
    ObjectNode wanted = JsonNodeFactory.instance.objectNode();
    for (String field : List.of("name", "path", "description", "visibility", "parent_id")) {
      parameters
          .text(field)
          .filter(text -> !field.equals("parent_id") || !text.isBlank())
          .ifPresent(text -> wanted.put(field, text));
    }
    return Parameters.of(wanted);
  }

  private Html form(Visit visit, String name, String path, Optional<String> problem) {
    return layout.page(
        visit,
        Frame.of("New group").crumb("Groups", Link.to("/dashboard/groups")).narrowed(),
        Html.of(
            """
            <form class="card form" method="post" action="/groups">{}{}{}{}{}{}{}
            <button type="submit" class="button primary">Create group</button></form>
            """,
            visit.csrf(),
            Parts.problem(problem),
            Parts.field(
                "Name",
                "name",
                name,
                Attributes.flag("required", true).and(Attributes.flag("autofocus", true)),
                Html.EMPTY),
            Parts.field(
                "Address",
                "path",
                path,
                Attributes.flag("required", true).and(Attributes.of("autocapitalize", "none")),
                Html.text("Letters, digits, '_', '-' and '.'.")),
            Parts.choice(
                "In",
                "parent_id",
                Html.join(
                    Parts.option("", "no other group", true),
                    Html.each(
                        parents(visit),
                        group ->
                            Parts.option(Long.toString(group.id()), group.fullPath(), false)))),
            Parts.choice(
                "Who sees it", "visibility", ProjectListController.visibilities("private")),
            Parts.field(
                "Description", "description", "", Attributes.of("maxlength", "500"), Html.EMPTY)));
  }

  private List<Namespace> parents(Visit visit) {
    return namespaces
        .visibleGroups(access.viewer(visit.caller()), Optional.empty(), PARENTS)
        .items()
        .stream()
        .filter(group ->
            access
                .role(visit.caller().user(), group)
                .filter(role -> role.includes(Role.MAINTAINER))
                .isPresent())
        .toList();
  }
}
