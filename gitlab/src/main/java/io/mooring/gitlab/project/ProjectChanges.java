package io.mooring.gitlab.project;

import io.mooring.gitlab.audit.AuditEvent;
import io.mooring.gitlab.audit.AuditEvent.Entity;
import io.mooring.gitlab.audit.AuditEvent.Target;
import io.mooring.gitlab.audit.AuditEvents;
import io.mooring.gitlab.gitaly.Repositories;
import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.http.Parameters;
import io.mooring.gitlab.identity.Caller;
import io.mooring.gitlab.identity.PathSegment;
import io.mooring.gitlab.identity.User;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;

/** What people change about projects, by REST and by pages alike. Thread-safe. */
@Component
public class ProjectChanges {
  private static final String DEFAULT_BRANCH = "main";

  private final Access access;
  private final Projects projects;
  private final Namespaces namespaces;
  private final ProjectLifecycle lifecycle;
  private final Repositories repositories;
  private final AuditEvents audit;

  ProjectChanges(
      Access access,
      Projects projects,
      Namespaces namespaces,
      ProjectLifecycle lifecycle,
      Repositories repositories,
      AuditEvents audit) {
    this.access = access;
    this.projects = projects;
    this.namespaces = namespaces;
    this.lifecycle = lifecycle;
    this.repositories = repositories;
    this.audit = audit;
  }

  /**
   * Makes a project in the namespace {@code namespace_id}, or in the caller's own.
   *
   * @throws ApiException 400 naming what is wrong
   */
  public Project create(Caller caller, Parameters parameters) {
    User user = caller.requireUser();
    Optional<String> name = parameters.text("name");
    Optional<String> path = parameters.text("path");
    if (name.isEmpty() && path.isEmpty()) {
      parameters.refuse("name, path are missing, at least one parameter must be provided");
    }
    Optional<Long> namespaceId = parameters.number("namespace_id");
    String visibility = parameters.word("visibility", Visibility.names()).orElse("private");
    String repository =
        parameters.word("repository_access_level", RepositoryAccess.names()).orElse("enabled");
    String description = parameters.text("description").orElse("");
    String branch = parameters.text("default_branch").orElse(DEFAULT_BRANCH);
    parameters.check();
    String segment = path.orElseGet(() -> slug(name.orElseThrow()));
    Project created =
        lifecycle.create(
            new ProjectLifecycle.Wanted(
                namespace(caller, user, namespaceId),
                user,
                segment,
                name.orElse(segment),
                description,
                Visibility.named(visibility),
                RepositoryAccess.named(repository),
                branch));
    note(user, "project_created", created, Map.of("visibility", visibility));
    return created;
  }

  /** Changes what is given, as a maintainer may; the path as an owner may. */
  public Project update(Caller caller, String id, Parameters parameters) {
    Project project = access.project(caller, id, Role.MAINTAINER);
    String name = parameters.text("name").orElse(project.name());
    String description = parameters.text("description").orElse(project.description());
    Optional<String> visibility = parameters.word("visibility", Visibility.names());
    Optional<String> repository =
        parameters.word("repository_access_level", RepositoryAccess.names());
    Optional<String> branch = parameters.text("default_branch");
    Optional<String> path = parameters.text("path");
    if (name.isBlank() || name.length() > 255) {
      parameters.refuse("name is invalid");
    }
    path.flatMap(segment -> PathSegment.problem(segment, false))
        .ifPresent(problem -> parameters.refuse("path " + problem));
    parameters.check();
    branch.ifPresent(named -> changeDefaultBranch(project, named));
    projects.update(
        new Project(
            project.id(),
            project.namespace(),
            project.creatorId(),
            project.path(),
            project.fullPath(),
            name,
            description,
            visibility.map(Visibility::named).orElse(project.visibility()),
            repository.map(RepositoryAccess::named).orElse(project.repositoryAccess()),
            branch.orElse(project.defaultBranch()),
            project.storageName(),
            project.createdAt()));
    path.filter(segment -> !segment.equals(project.path()))
        .ifPresent(segment -> rename(caller, project, segment));
    Project after = projects.find(project.id()).orElseThrow(() -> ApiException.notFound("Project"));
    Map<String, Object> changes = new LinkedHashMap<>();
    Changed.note(changes, "name", project.name(), after.name());
    Changed.note(changes, "description", project.description(), after.description());
    Changed.note(changes, "visibility", project.visibility().text(), after.visibility().text());
    Changed.note(
        changes,
        "repository_access_level",
        project.repositoryAccess().text(),
        after.repositoryAccess().text());
    Changed.note(changes, "default_branch", project.defaultBranch(), after.defaultBranch());
    Changed.note(changes, "path", project.path(), after.path());
    if (!changes.isEmpty()) {
      note(caller.requireUser(), "project_updated", after, changes);
    }
    return after;
  }

  /** Removes a project with its repository, as an owner may. */
  public void delete(Caller caller, String id) {
    Project project = access.project(caller, id, Role.OWNER);
    lifecycle.delete(project);
    note(caller.requireUser(), "project_destroyed", project, Map.of());
  }

  private void note(User author, String name, Project project, Map<String, Object> details) {
    audit.record(
        new AuditEvent(
            name,
            author.author(),
            Entity.project(project.id(), project.fullPath()),
            new Target("Project", project.id(), project.fullPath()),
            details));
  }

  private void rename(Caller caller, Project project, String path) {
    access.project(caller, Long.toString(project.id()), Role.OWNER);
    try {
      projects.rename(project, path);
    } catch (DuplicateKeyException e) {
      throw ApiException.message(
          HttpStatus.BAD_REQUEST, Map.of("path", List.of("has already been taken")));
    }
  }

  private void changeDefaultBranch(Project project, String branch) {
    if (!BranchName.isValid(branch) || !repositories.hasBranch(project.repository(), branch)) {
      throw ApiException.message(
          HttpStatus.BAD_REQUEST,
          Map.of(
              "base",
              List.of(
                  "Could not change HEAD: branch '"
                      + branch
                      + "' does not exist (expected: a branch of the project)")));
    }
    repositories.setDefaultBranch(project.repository(), branch);
  }

  /** The caller's own namespace, or one in which the caller may make projects. */
  private Namespace namespace(Caller caller, User user, Optional<Long> id) {
    if (id.isEmpty()) {
      return namespaces.ownedBy(user.id()).orElseThrow(() -> ApiException.notFound("Namespace"));
    }
    Namespace namespace =
        namespaces
            .find(id.get())
            .filter(found ->
                found.isGroup()
                    ? access.sees(caller.user(), found)
                    : access.role(caller.user(), found).isPresent())
            .orElseThrow(() -> ApiException.notFound("Namespace"));
    boolean permitted =
        access
            .role(caller.user(), namespace)
            .filter(role -> role.includes(Role.DEVELOPER))
            .isPresent();
    if (!permitted) {
      throw ApiException.forbidden();
    }
    return namespace;
  }

  private static String slug(String name) {
    return name.strip()
        .toLowerCase(java.util.Locale.ROOT)
        .replaceAll("[^a-z0-9_.-]+", "-")
        .replaceAll("^[-.]+|[-.]+$", "");
  }
}
