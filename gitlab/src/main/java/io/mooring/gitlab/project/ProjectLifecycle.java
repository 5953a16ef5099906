package io.mooring.gitlab.project;

import io.grpc.StatusRuntimeException;
import io.mooring.gitlab.configuration.GitLabConfiguration;
import io.mooring.gitlab.gitaly.Repositories;
import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.identity.Accounts;
import io.mooring.gitlab.identity.PathSegment;
import io.mooring.gitlab.identity.User;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.event.EventListener;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Makes and removes projects together with their repositories, and the namespaces of users.
 * Thread-safe.
 */
@Component
public class ProjectLifecycle {
  private final Projects projects;
  private final Namespaces namespaces;
  private final Repositories repositories;
  private final TransactionTemplate transactions;
  private final ApplicationEventPublisher events;

  ProjectLifecycle(
      Projects projects,
      Namespaces namespaces,
      Repositories repositories,
      TransactionTemplate transactions,
      ApplicationEventPublisher events) {
    this.projects = projects;
    this.namespaces = namespaces;
    this.repositories = repositories;
    this.transactions = transactions;
    this.events = events;
  }

  /** Told after the transaction that left repositories to remove. */
  public record RepositoriesLeft() {}

  /** What somebody asked for. */
  public record Wanted(
      Namespace namespace,
      User creator,
      String path,
      String name,
      String description,
      Visibility visibility,
      RepositoryAccess repositoryAccess,
      String defaultBranch) {}

  /**
   * Makes a project with an empty repository.
   *
   * @throws ApiException 400 naming what is wrong
   */
  public Project create(Wanted wanted) {
    requireSound(wanted);
    Project project;
    try {
      project =
          transactions.execute(status ->
              projects.create(
                  new Projects.NewProject(
                      wanted.namespace(),
                      Optional.of(wanted.creator().id()),
                      wanted.path(),
                      wanted.name(),
                      wanted.description(),
                      wanted.visibility(),
                      wanted.repositoryAccess(),
                      wanted.defaultBranch(),
                      GitLabConfiguration.Gitaly.DEFAULT_STORAGE)));
    } catch (DuplicateKeyException e) {
      throw ApiException.message(
          HttpStatus.BAD_REQUEST,
          Map.of(
              "name",
              List.of("has already been taken"),
              "path",
              List.of("has already been taken")));
    }
    try {
      repositories.create(project.repository(), project.defaultBranch());
    } catch (StatusRuntimeException e) {
      delete(project); // Nobody has seen it yet.
      throw e;
    }
    return project;
  }

  /** Makes the repository of a project that has lost it or never got it. */
  public void ensureRepository(Project project) {
    repositories.create(project.repository(), project.defaultBranch());
  }

  /** Removes a project at once, and its repository soon after. */
  public void delete(Project project) {
    transactions.executeWithoutResult(status -> projects.delete(project));
    events.publishEvent(new RepositoriesLeft());
  }

  /** Removes a group with all projects in it and below it. */
  public void delete(Namespace namespace) {
    transactions.executeWithoutResult(status -> deleteWithin(namespace));
    events.publishEvent(new RepositoriesLeft());
  }

  @EventListener
  void onCreated(Accounts.Created event) {
    namespaces.createPersonal(event.user().id(), event.user().username(), event.user().name());
  }

  @EventListener
  void onDeleting(Accounts.Deleting event) {
    namespaces.ownedBy(event.user().id()).ifPresent(this::deleteWithin);
  }

  private void deleteWithin(Namespace namespace) {
    projects.below(namespace.id()).forEach(projects::delete);
    namespaces.delete(namespace.id());
  }

  private static void requireSound(Wanted wanted) {
    Map<String, List<String>> problems = new LinkedHashMap<>();
    PathSegment.problem(wanted.path(), false).ifPresent(text -> note(problems, "path", text));
    if (wanted.name().isBlank() || wanted.name().length() > 255) {
      note(problems, "name", "is invalid");
    }
    if (wanted.description().length() > 2000) {
      note(problems, "description", "is too long (maximum is 2000 characters)");
    }
    if (!BranchName.isValid(wanted.defaultBranch())) {
      note(problems, "default_branch", "is invalid");
    }
    if (!wanted.namespace().visibility().equals(Visibility.PUBLIC)
        && wanted.visibility().compareTo(wanted.namespace().visibility()) > 0) {
      note(
          problems,
          "visibility_level",
          wanted.visibility().text()
              + " is not allowed in a "
              + wanted.namespace().visibility().text()
              + " group.");
    }
    if (!problems.isEmpty()) {
      throw ApiException.message(HttpStatus.BAD_REQUEST, problems);
    }
  }

  private static void note(Map<String, List<String>> problems, String field, String text) {
    problems.computeIfAbsent(field, ignored -> new ArrayList<>()).add(text);
  }
}
