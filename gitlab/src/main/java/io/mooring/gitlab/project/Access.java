package io.mooring.gitlab.project;

import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.identity.Caller;
import io.mooring.gitlab.identity.User;
import java.sql.Types;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.SqlParameterValue;
import org.springframework.stereotype.Component;

/**
 * What somebody may do with projects and groups. What one may not see does not exist: 404, not 403.
 * Thread-safe.
 */
@Component
public class Access {
  private final Projects projects;
  private final Namespaces namespaces;
  private final Members members;

  Access(Projects projects, Namespaces namespaces, Members members) {
    this.projects = projects;
    this.namespaces = namespaces;
    this.members = members;
  }

  /** Who looks at a list, as its queries need to know. */
  public record Viewer(Optional<Long> userId, boolean admin, LocalDate today) {
    Map<String, Object> parameters() {
      Map<String, Object> parameters = new HashMap<>();
      parameters.put("admin", admin);
      parameters.put("user", new SqlParameterValue(Types.BIGINT, userId.orElse(null)));
      parameters.put("today", today);
      return parameters;
    }
  }

  /** The viewer that a caller is. */
  public Viewer viewer(Caller caller) {
    return new Viewer(
        caller.user().map(User::id),
        caller.user().filter(User::admin).isPresent(),
        members.today());
  }

  /** The role of a user in a project; administrators own everything. */
  public Optional<Role> role(Optional<User> user, Project project) {
    if (user.isEmpty() || user.get().blocked()) {
      return Optional.empty();
    }
    return user.get().admin()
        ? Optional.of(Role.OWNER)
        : members.roleInProject(user.get().id(), project);
  }

  /** The role of a user in a group; administrators own everything. */
  public Optional<Role> role(Optional<User> user, Namespace namespace) {
    if (user.isEmpty() || user.get().blocked()) {
      return Optional.empty();
    }
    return user.get().admin()
        ? Optional.of(Role.OWNER)
        : members.roleInNamespace(user.get().id(), namespace);
  }

  /** Whether a user may know of a project. */
  public boolean sees(Optional<User> user, Project project) {
    return isVisible(user, project.visibility()) || role(user, project).isPresent();
  }

  /** Whether a user may know of a group: also who belongs only to something in it. */
  public boolean sees(Optional<User> user, Namespace namespace) {
    return isVisible(user, namespace.visibility())
        || role(user, namespace).isPresent()
        || user.filter(known -> !known.blocked())
            .filter(known -> members.belongsBelow(known.id(), namespace))
            .isPresent();
  }

  /** Whether a user may read the code: guests of a private project may not. */
  public boolean downloads(Optional<User> user, Project project) {
    Optional<Role> role = role(user, project);
    return switch (project.repositoryAccess()) {
      case DISABLED -> false;
      case PRIVATE -> isMemberWhoReads(role, project);
      case ENABLED -> isVisible(user, project.visibility()) || isMemberWhoReads(role, project);
    };
  }

  /** Whether a user may push at all. */
  public boolean pushes(Optional<User> user, Project project) {
    return project.repositoryAccess() != RepositoryAccess.DISABLED
        && role(user, project).filter(role -> role.includes(Role.DEVELOPER)).isPresent();
  }

  /** The project of an id or path that the caller may know of, else 404. */
  public Project project(Caller caller, String idOrPath) {
    return projects
        .named(idOrPath)
        .filter(project -> sees(caller.user(), project))
        .orElseThrow(() -> ApiException.notFound("Project"));
  }

  /** The project in which the caller has at least a role: 404 if unseen, 401 or 403 if seen. */
  public Project project(Caller caller, String idOrPath, Role least) {
    Project project = project(caller, idOrPath);
    if (role(caller.user(), project).filter(role -> role.includes(least)).isEmpty()) {
      caller.requireUser();
      throw ApiException.forbidden();
    }
    return project;
  }

  /** The project whose code the caller may read; 404 for the repository else. */
  public Project repository(Caller caller, String idOrPath) {
    Project project = project(caller, idOrPath);
    if (!downloads(caller.user(), project)) {
      throw ApiException.notFound("Repository");
    }
    return project;
  }

  /** The group of an id or path that the caller may know of, else 404. */
  public Namespace group(Caller caller, String idOrPath) {
    Optional<Namespace> found =
        idOrPath.matches("[0-9]{1,18}")
            ? namespaces.find(Long.parseLong(idOrPath))
            : idOrPath.indexOf('\0') < 0 ? namespaces.at(idOrPath) : Optional.empty();
    return found
        .filter(Namespace::isGroup)
        .filter(group -> sees(caller.user(), group))
        .orElseThrow(() -> ApiException.notFound("Group"));
  }

  /** The group in which the caller has at least a role: 404 if unseen, 401 or 403 if seen. */
  public Namespace group(Caller caller, String idOrPath, Role least) {
    Namespace group = group(caller, idOrPath);
    if (role(caller.user(), group).filter(role -> role.includes(least)).isEmpty()) {
      caller.requireUser();
      throw ApiException.forbidden();
    }
    return group;
  }

  private static boolean isVisible(Optional<User> user, Visibility visibility) {
    return switch (visibility) {
      case PUBLIC -> true;
      case INTERNAL -> user.filter(known -> !known.blocked()).isPresent();
      case PRIVATE -> false;
    };
  }

  private static boolean isMemberWhoReads(Optional<Role> role, Project project) {
    Role least = project.visibility() == Visibility.PRIVATE ? Role.REPORTER : Role.GUEST;
    return role.filter(held -> held.includes(least)).isPresent();
  }
}
