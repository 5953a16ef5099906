package io.mooring.gitlab.web.project;

import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.http.Parameters;
import io.mooring.gitlab.project.Access;
import io.mooring.gitlab.project.GroupChanges;
import io.mooring.gitlab.project.Namespace;
import io.mooring.gitlab.project.Project;
import io.mooring.gitlab.project.ProjectChanges;
import io.mooring.gitlab.project.Role;
import io.mooring.gitlab.web.Answers;
import io.mooring.gitlab.web.Layout;
import io.mooring.gitlab.web.Notice;
import io.mooring.gitlab.web.Parts;
import io.mooring.gitlab.web.Visit;
import io.mooring.gitlab.web.html.Attributes;
import io.mooring.gitlab.web.html.Html;
import io.mooring.gitlab.web.html.Link;
import java.util.Optional;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Settings of projects and groups, and their end. */
@RestController
class SettingsController {
  private static final String GROUPS = "groups/";

  private final Layout layout;
  private final ProjectFrame frames;
  private final GroupPages groups;
  private final Access access;
  private final ProjectChanges projectChanges;
  private final GroupChanges groupChanges;

  SettingsController(
      Layout layout,
      ProjectFrame frames,
      GroupPages groups,
      Access access,
      ProjectChanges projectChanges,
      GroupChanges groupChanges) {
    this.layout = layout;
    this.frames = frames;
    this.groups = groups;
    this.access = access;
    this.projectChanges = projectChanges;
    this.groupChanges = groupChanges;
  }

  @GetMapping("/{*path}/-/edit")
  Html form(Visit visit, @PathVariable("path") String path) {
    return form(visit, path.substring(1), Optional.empty());
  }

  @PostMapping("/{*path}/-/edit")
  ResponseEntity<Html> save(Visit visit, @PathVariable("path") String path, Parameters parameters) {
    String text = path.substring(1);
    try {
      if (text.startsWith(GROUPS)) {
        Namespace group =
            groupChanges.update(visit.caller(), text.substring(GROUPS.length()), parameters);
        return Answers.changed(Link.to("/groups/{}/-/edit", group.fullPath()), Notice.SAVED);
      }
      Project project = projectChanges.update(visit.caller(), text, parameters);
      return Answers.changed(Link.to("/{}/-/edit", project.fullPath()), Notice.SAVED);
    } catch (ApiException e) {
      return Answers.refused(form(visit, text, Optional.of(Answers.problem(e))));
    }
  }

  @PostMapping("/{*path}/-/delete")
  ResponseEntity<Html> delete(
      Visit visit, @PathVariable("path") String path, Parameters parameters) {
    String text = path.substring(1);
    boolean group = text.startsWith(GROUPS);
    String fullPath =
        group
            ? access.group(visit.caller(), text.substring(GROUPS.length()), Role.OWNER).fullPath()
            : access.project(visit.caller(), text, Role.OWNER).fullPath();
    if (!parameters.text("confirm").orElse("").equals(fullPath)) {
      return Answers.redirect(
          group ? Link.to("/groups/{}/-/edit", fullPath) : Link.to("/{}/-/edit", fullPath));
    }
    if (group) {
      groupChanges.delete(visit.caller(), fullPath);
      return Answers.changed(Link.to("/dashboard/groups"), Notice.GROUP_DELETED);
    }
    projectChanges.delete(visit.caller(), fullPath);
    return Answers.changed(Link.to("/dashboard/projects"), Notice.PROJECT_DELETED);
  }

  private Html form(Visit visit, String path, Optional<String> problem) {
    return path.startsWith(GROUPS)
        ? group(
            visit,
            access.group(visit.caller(), path.substring(GROUPS.length()), Role.OWNER),
            problem)
        : project(visit, access.project(visit.caller(), path, Role.MAINTAINER), problem);
  }

  private Html project(Visit visit, Project project, Optional<String> problem) {
    boolean owns =
        access.role(visit.caller().user(), project).filter(Role.OWNER::equals).isPresent();
    return layout.page(
        visit,
        frames.section(visit.caller(), project, ProjectFrame.Section.SETTINGS).narrowed(),
        Html.of(
            """
            <form class="card form" method="post" action="{}"><h2>General</h2>{}{}{}{}{}{}{}
            <button type="submit" class="button primary">Save</button></form>{}{}
            """,
            Link.to("/{}/-/edit", project.fullPath()),
            visit.csrf(),
            Parts.problem(problem),
            Parts.field("Name", "name", project.name(), required(), Html.EMPTY),
            Parts.field(
                "Description",
                "description",
                project.description(),
                Attributes.of("maxlength", "2000"),
                Html.EMPTY),
            Parts.choice(
                "Who sees it",
                "visibility",
                ProjectListController.visibilities(project.visibility().text())),
            Parts.choice(
                "Who reads its files",
                "repository_access_level",
                Html.join(
                    option("enabled", "Everybody who sees it", project),
                    option("private", "Members only", project),
                    option("disabled", "Nobody: files and agents are switched off", project))),
            Parts.field(
                "Default branch",
                "default_branch",
                project.defaultBranch(),
                required(),
                Html.text("Agents read their configuration from it.")),
            webhooks(Link.to("/{}/-/hooks", project.fullPath())),
            owns
                ? removal(
                    visit,
                    Link.to("/{}/-/delete", project.fullPath()),
                    project.fullPath(),
                    "Delete the project",
                    "Its repository, its agents and their tokens go with it. What they deployed stays in the clusters.")
                : Html.EMPTY));
  }

  private static Html option(String value, String label, Project project) {
    return Parts.option(value, label, project.repositoryAccess().text().equals(value));
  }

  private Html group(Visit visit, Namespace group, Optional<String> problem) {
    return layout.page(
        visit,
        groups.frame(visit, group, "Settings").narrowed(),
        Html.of(
            """
            <form class="card form" method="post" action="{}"><h2>General</h2>{}{}{}{}{}
            <button type="submit" class="button primary">Save</button></form>{}{}
            """,
            Link.to("/groups/{}/-/edit", group.fullPath()),
            visit.csrf(),
            Parts.problem(problem),
            Parts.field("Name", "name", group.name(), required(), Html.EMPTY),
            Parts.field(
                "Description",
                "description",
                group.description(),
                Attributes.of("maxlength", "500"),
                Html.EMPTY),
            Parts.choice(
                "Who sees it",
                "visibility",
                ProjectListController.visibilities(group.visibility().text())),
            webhooks(Link.to("/groups/{}/-/hooks", group.fullPath())),
            removal(
                visit,
                Link.to("/groups/{}/-/delete", group.fullPath()),
                group.fullPath(),
                "Delete the group",
                "Every project in it and below it goes with it.")));
  }

  private static Html webhooks(Link link) {
    return Html.of(
        """
        <section class="card"><h2>Webhooks</h2><p>Other programs can be told when agents are lost and return, \
        and when something fails.</p><p><a class="button" href="{}">Webhooks</a></p></section>
        """,
        link);
  }

  private static Attributes required() {
    return Attributes.flag("required", true);
  }

  private static Html removal(
      Visit visit, Link target, String name, String title, String consequence) {
    return Html.of(
        """
        <details class="confirm danger-zone" id="remove"><summary class="button small danger">{}</summary>
        <form class="panel form" method="post" action="{}">{}<p>{}</p>
        <label class="field"><span>Type <strong>{}</strong> to confirm</span><input name="confirm" required autocomplete="off"></label>
        <button type="submit" class="button danger">Delete it</button></form></details>
        """,
        title,
        target,
        visit.csrf(),
        consequence,
        name);
  }
}
