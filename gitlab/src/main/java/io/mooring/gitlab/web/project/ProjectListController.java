package io.mooring.gitlab.web.project;

import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.http.Page;
import io.mooring.gitlab.http.Parameters;
import io.mooring.gitlab.identity.User;
import io.mooring.gitlab.project.Access;
import io.mooring.gitlab.project.Namespace;
import io.mooring.gitlab.project.Namespaces;
import io.mooring.gitlab.project.Project;
import io.mooring.gitlab.project.ProjectChanges;
import io.mooring.gitlab.project.Projects;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Lists of projects, and how new ones are made. */
@RestController
class ProjectListController {
  private static final Page GROUPS = new Page(1, Page.MAX_SIZE);

  private final Layout layout;
  private final Access access;
  private final Projects projects;
  private final Namespaces namespaces;
  private final ProjectChanges changes;

  ProjectListController(
      Layout layout,
      Access access,
      Projects projects,
      Namespaces namespaces,
      ProjectChanges changes) {
    this.layout = layout;
    this.access = access;
    this.projects = projects;
    this.namespaces = namespaces;
    this.changes = changes;
  }

  @GetMapping("/dashboard/projects")
  Html list(Visit visit, Parameters parameters) {
    visit.user();
    String search = parameters.text("search").orElse("");
    Page page = Page.of(parameters);
    Page.Slice<Project> slice =
        projects.visible(access.viewer(visit.caller()), Optional.empty(), search, page);
    return layout.page(
        visit,
        Frame.of("Projects")
            .actions(Html.of("<a class=\"button primary\" href=\"/projects/new\">New project</a>")),
        Html.of(
            """
            <form class="search" role="search" action="/dashboard/projects"><label><span class="hidden">Name</span>\
            <input type="search" name="search" value="{}" placeholder="Find a project by its name"></label></form>
            """,
            search),
        slice.total() == 0
            ? Parts.empty(
                search.isEmpty() ? "No projects yet" : "No project of this name",
                Html.of(
                    "<p>A project holds manifests and the configuration of agents.</p><p><a class=\"button primary\" href=\"/projects/new\">Create one</a></p>"))
            : Html.of(
                "<ul class=\"list card\">{}</ul>{}",
                Html.each(slice.items(), ProjectListController::row),
                Parts.paging(
                    page, slice.total(), Link.to("/dashboard/projects").with("search", search))));
  }

  /** A project in a list. */
  static Html row(Project project) {
    return Html.of(
        """
        <li><span class="avatar square" aria-hidden="true">{}</span><span><a href="{}">{}</a>\
        <span class="muted sub">{}</span></span><span class="end chip">{}</span></li>
        """,
        Layout.initials(project.name()),
        ProjectFrame.link(project),
        project.nameWithNamespace(),
        project.description(),
        project.visibility().text());
  }

  @GetMapping("/projects/new")
  Html form(Visit visit, Parameters parameters) {
    return form(
        visit,
        parameters.text("name").orElse(""),
        parameters.text("namespace_id").orElse(""),
        "private",
        Optional.empty());
  }

  @PostMapping("/projects")
  ResponseEntity<Html> create(Visit visit, Parameters parameters) {
    try {
      Project project = changes.create(visit.caller(), parameters);
      return Answers.changed(ProjectFrame.link(project), Notice.PROJECT_CREATED);
    } catch (ApiException e) {
      return Answers.refused(
          form(
              visit,
              parameters.text("name").orElse(""),
              parameters.text("namespace_id").orElse(""),
              parameters.text("visibility").orElse("private"),
              Optional.of(Answers.problem(e))));
    }
  }

  private Html form(
      Visit visit, String name, String namespace, String visibility, Optional<String> problem) {
    return layout.page(
        visit,
        Frame.of("New project").crumb("Projects", Link.to("/dashboard/projects")).narrowed(),
        Html.of(
            """
            <form class="card form" method="post" action="/projects">{}{}{}{}{}{}
            <button type="submit" class="button primary">Create project</button></form>
            """,
            visit.csrf(),
            Parts.problem(problem),
            Parts.field(
                "Name",
                "name",
                name,
                Attributes.flag("required", true)
                    .and(Attributes.flag("autofocus", true))
                    .and(Attributes.of("maxlength", "255")),
                Html.text("Its address is made of it, in small letters.")),
            Parts.choice(
                "In",
                "namespace_id",
                Html.each(
                    places(visit),
                    place ->
                        Parts.option(
                            Long.toString(place.id()),
                            place.fullPath(),
                            namespace.equals(Long.toString(place.id()))))),
            Parts.choice("Who sees it", "visibility", visibilities(visibility)),
            Parts.field(
                "Description", "description", "", Attributes.of("maxlength", "2000"), Html.EMPTY)));
  }

  static Html visibilities(String chosen) {
    return Html.join(
        Parts.option("private", "Members only", chosen.equals("private")),
        Parts.option("internal", "Everybody who is signed in", chosen.equals("internal")),
        Parts.option("public", "Everybody", chosen.equals("public")));
  }

  /** Where the person may make projects. */
  private List<Namespace> places(Visit visit) {
    User user = visit.user();
    var places = new ArrayList<Namespace>();
    namespaces.ownedBy(user.id()).ifPresent(places::add);
    namespaces
        .visibleGroups(access.viewer(visit.caller()), Optional.empty(), GROUPS)
        .items()
        .stream()
        .filter(group ->
            access
                .role(visit.caller().user(), group)
                .filter(role -> role.includes(Role.DEVELOPER))
                .isPresent())
        .forEach(places::add);
    return places;
  }
}
