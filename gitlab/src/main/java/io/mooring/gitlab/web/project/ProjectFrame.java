package io.mooring.gitlab.web.project;

import io.mooring.gitlab.identity.Caller;
import io.mooring.gitlab.project.Access;
import io.mooring.gitlab.project.Namespace;
import io.mooring.gitlab.project.Project;
import io.mooring.gitlab.project.RepositoryAccess;
import io.mooring.gitlab.project.Role;
import io.mooring.gitlab.web.Frame;
import io.mooring.gitlab.web.html.Link;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** What stands around the pages of one project: the way to it and its sections. Thread-safe. */
@Component
public class ProjectFrame {
  private final Access access;

  ProjectFrame(Access access) {
    this.access = access;
  }

  /** The sections of a project. */
  public enum Section {
    FILES("Files"),
    COMMITS("Commits"),
    AGENTS("Agents"),
    MEMBERS("Members"),
    SETTINGS("Settings");

    private final String label;

    Section(String label) {
      this.label = label;
    }

    Link link(Project project) {
      return switch (this) {
        case FILES -> ProjectFrame.link(project);
        case COMMITS -> Link.to("/{}/-/commits", project.fullPath());
        case AGENTS -> Link.to("/{}/-/clusters", project.fullPath());
        case MEMBERS -> Link.to("/{}/-/project_members", project.fullPath());
        case SETTINGS -> Link.to("/{}/-/edit", project.fullPath());
      };
    }
  }

  /** Where a project is. */
  public static Link link(Project project) {
    return Link.to("/{}", project.fullPath());
  }

  /** The way to a namespace, for everything below it. */
  static Frame below(Frame frame, Namespace namespace) {
    Frame longer = frame;
    String[] paths = namespace.fullPath().split("/", -1);
    var whole = new StringBuilder();
    for (String path : paths) {
      whole.append(whole.isEmpty() ? "" : "/").append(path);
      longer = longer.crumb(path, Link.to("/{}", whole));
    }
    return longer;
  }

  /** A page that is itself a section. */
  public Frame section(Caller caller, Project project, Section section) {
    return below(Frame.of(project.name()), project.namespace())
        .with(tabs(caller, project, Optional.of(section)));
  }

  /** A page somewhere below a section. */
  public Frame below(Caller caller, Project project, Section section, String title) {
    return below(Frame.of(title), project.namespace())
        .crumb(project.name(), link(project))
        .crumb(section.label, section.link(project));
  }

  private List<Frame.Tab> tabs(Caller caller, Project project, Optional<Section> current) {
    Optional<Role> role = access.role(caller.user(), project);
    var tabs = new ArrayList<Frame.Tab>();
    for (Section section : Section.values()) {
      boolean shown =
          switch (section) {
            case FILES -> true;
            case COMMITS -> access.downloads(caller.user(), project);
            case AGENTS ->
                project.repositoryAccess() != RepositoryAccess.DISABLED
                    && role.filter(held -> held.includes(Role.DEVELOPER)).isPresent();
            case MEMBERS -> caller.user().isPresent();
            case SETTINGS -> role.filter(held -> held.includes(Role.MAINTAINER)).isPresent();
          };
      if (shown) {
        tabs.add(
            Frame.Tab.of(
                section.label, section.link(project), current.filter(section::equals).isPresent()));
      }
    }
    return tabs;
  }
}
