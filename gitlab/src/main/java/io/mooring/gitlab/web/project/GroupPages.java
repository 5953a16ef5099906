package io.mooring.gitlab.web.project;

import io.mooring.gitlab.http.Page;
import io.mooring.gitlab.http.Parameters;
import io.mooring.gitlab.project.Access;
import io.mooring.gitlab.project.Namespace;
import io.mooring.gitlab.project.Namespaces;
import io.mooring.gitlab.project.Project;
import io.mooring.gitlab.project.Projects;
import io.mooring.gitlab.project.Role;
import io.mooring.gitlab.web.Frame;
import io.mooring.gitlab.web.Layout;
import io.mooring.gitlab.web.Parts;
import io.mooring.gitlab.web.Visit;
import io.mooring.gitlab.web.html.Html;
import io.mooring.gitlab.web.html.Link;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** The page of a group or of what belongs to one person. Thread-safe. */
@Component
class GroupPages {
  private static final Page SUBGROUPS = new Page(1, Page.MAX_SIZE);

  private final Layout layout;
  private final Access access;
  private final Projects projects;
  private final Namespaces namespaces;

  GroupPages(Layout layout, Access access, Projects projects, Namespaces namespaces) {
    this.layout = layout;
    this.access = access;
    this.projects = projects;
    this.namespaces = namespaces;
  }

  Html show(Visit visit, Namespace namespace, Parameters parameters) {
    Page page = Page.of(parameters);
    Access.Viewer viewer = access.viewer(visit.caller());
    Page.Slice<Project> slice = projects.visible(viewer, Optional.of(namespace.id()), "", page);
    List<Namespace> subgroups =
        namespace.isGroup()
            ? namespaces.visibleGroups(viewer, Optional.of(namespace.id()), SUBGROUPS).items()
            : List.of();
    Link create = Link.to("/projects/new").with("namespace_id", namespace.id());
    boolean develops =
        access
            .role(visit.caller().user(), namespace)
            .filter(role -> role.includes(Role.DEVELOPER))
            .isPresent();
    return layout.page(
        visit,
        frame(visit, namespace, "Projects")
            .actions(
                develops
                    ? Html.of("<a class=\"button primary\" href=\"{}\">New project</a>", create)
                    : Html.EMPTY),
        subgroups.isEmpty()
            ? Html.EMPTY
            : Html.of(
                "<section><h2>Subgroups</h2><ul class=\"list card\">{}</ul></section>",
                Html.each(subgroups, GroupPages::row)),
        slice.total() == 0
            ? Parts.empty(
                "No projects here",
                develops
                    ? Html.of(
                        "<p><a class=\"button primary\" href=\"{}\">Create one</a></p>", create)
                    : Html.of("<p>None that you may see.</p>"))
            : Html.of(
                "<ul class=\"list card\">{}</ul>{}",
                Html.each(slice.items(), ProjectListController::row),
                Parts.paging(page, slice.total(), Link.to("/{}", namespace.fullPath()))));
  }

  /** What stands around the pages of a group. */
  Frame frame(Visit visit, Namespace namespace, String current) {
    Frame frame = Frame.of(namespace.name());
    int slash = namespace.fullPath().lastIndexOf('/');
    if (slash > 0) {
      frame =
          namespaces
              .at(namespace.fullPath().substring(0, slash))
              .map(parent -> ProjectFrame.below(Frame.of(namespace.name()), parent))
              .orElse(frame);
    }
    var tabs = new ArrayList<Frame.Tab>();
    tabs.add(
        Frame.Tab.of("Projects", Link.to("/{}", namespace.fullPath()), current.equals("Projects")));
    Optional<Role> role = access.role(visit.caller().user(), namespace);
    if (namespace.isGroup() && visit.caller().user().isPresent()) {
      tabs.add(
          Frame.Tab.of(
              "Members",
              Link.to("/groups/{}/-/group_members", namespace.fullPath()),
              current.equals("Members")));
    }
    if (namespace.isGroup() && role.filter(Role.OWNER::equals).isPresent()) {
      tabs.add(
          Frame.Tab.of(
              "Settings",
              Link.to("/groups/{}/-/edit", namespace.fullPath()),
              current.equals("Settings")));
    }
    return frame
        .with(tabs)
        .subtitle(
            Html.of(
                "<p class=\"facts\"><span class=\"chip\">{}</span> <span>{}</span></p>",
                namespace.isGroup() ? namespace.visibility().text() : "personal",
                namespace.description()));
  }

  /** A group in a list. */
  static Html row(Namespace group) {
    return Html.of(
        """
        <li><span class="avatar square" aria-hidden="true">{}</span><span><a href="{}">{}</a>\
        <span class="muted sub">{}</span></span><span class="end chip">{}</span></li>
        """,
        Layout.initials(group.name()),
        Link.to("/{}", group.fullPath()),
        group.fullName(),
        group.description(),
        group.visibility().text());
  }
}
