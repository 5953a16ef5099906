package io.mooring.gitlab.project;

import io.mooring.gitlab.http.ExternalUrl;
import io.mooring.gitlab.http.Page;
import io.mooring.gitlab.http.Parameters;
import io.mooring.gitlab.identity.Caller;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** {@code /projects} of the REST API. */
@RestController
@RequestMapping("/api/v4")
class ProjectController {
  private final Access access;
  private final Projects projects;
  private final ProjectChanges changes;
  private final Transfers transfers;
  private final ExternalUrl external;

  ProjectController(
      Access access,
      Projects projects,
      ProjectChanges changes,
      Transfers transfers,
      ExternalUrl external) {
    this.access = access;
    this.projects = projects;
    this.changes = changes;
    this.transfers = transfers;
    this.external = external;
  }

  /** Where a project stands. */
  record NamespaceView(
      long id, String name, String path, String kind, String fullPath, @Nullable Long parentId) {}

  /** A project as the API shows it. */
  record ProjectView(
      long id,
      String description,
      String name,
      String nameWithNamespace,
      String path,
      String pathWithNamespace,
      Instant createdAt,
      String defaultBranch,
      String visibility,
      String repositoryAccessLevel,
      String httpUrlToRepo,
      String webUrl,
      @Nullable Long creatorId,
      NamespaceView namespace) {}

  @GetMapping("/projects")
  ResponseEntity<List<ProjectView>> list(
      Caller caller, Parameters parameters, HttpServletRequest request) {
    String search = parameters.text("search").orElse("");
    Page page = Page.of(parameters);
    return page.answer(
        request,
        external,
        projects.visible(access.viewer(caller), Optional.empty(), search, page).map(this::view));
  }

  @GetMapping("/groups/{group}/projects")
  ResponseEntity<List<ProjectView>> listOfGroup(
      Caller caller,
      @PathVariable String group,
      Parameters parameters,
      HttpServletRequest request) {
    Namespace namespace = access.group(caller, group);
    String search = parameters.text("search").orElse("");
    Page page = Page.of(parameters);
    return page.answer(
        request,
        external,
        projects
            .visible(access.viewer(caller), Optional.of(namespace.id()), search, page)
            .map(this::view));
  }

  @GetMapping("/projects/{id}")
  ProjectView get(Caller caller, @PathVariable String id) {
    return view(access.project(caller, id));
  }

  @PostMapping("/projects")
  @ResponseStatus(HttpStatus.CREATED)
  ProjectView create(Caller caller, Parameters parameters) {
    return view(changes.create(caller, parameters));
  }

  @PutMapping("/projects/{id}")
  ProjectView update(Caller caller, @PathVariable String id, Parameters parameters) {
    return view(changes.update(caller, id, parameters));
  }

  @DeleteMapping("/projects/{id}")
  ResponseEntity<Map<String, String>> delete(Caller caller, @PathVariable String id) {
    changes.delete(caller, id);
    return ResponseEntity.status(HttpStatus.ACCEPTED).body(Map.of("message", "202 Accepted"));
  }

  @PutMapping("/projects/{id}/transfer")
  ProjectView transfer(Caller caller, @PathVariable String id, Parameters parameters) {
    Project project = access.project(caller, id, Role.OWNER);
    String target = parameters.requiredText("namespace");
    parameters.check();
    return view(transfers.project(caller, project, target));
  }

  private ProjectView view(Project project) {
    Namespace namespace = project.namespace();
    return new ProjectView(
        project.id(),
        project.description(),
        project.name(),
        project.nameWithNamespace(),
        project.path(),
        project.fullPath(),
        project.createdAt(),
        project.defaultBranch(),
        project.visibility().text(),
        project.repositoryAccess().text(),
        external.of("/" + project.fullPath() + ".git"),
        external.of("/" + project.fullPath()),
        project.creatorId().orElse(null),
        new NamespaceView(
            namespace.id(),
            namespace.name(),
            namespace.path(),
            namespace.isGroup() ? "group" : "user",
            namespace.fullPath(),
            namespace.parentId().orElse(null)));
  }
}
