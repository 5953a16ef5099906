package io.mooring.gitlab.agent;

import io.mooring.gitlab.project.Project;
import java.time.Instant;

/** A configuration project as the API shows it beside an agent. */
public record ConfigProjectView(
    long id,
    String description,
    String name,
    String nameWithNamespace,
    String path,
    String pathWithNamespace,
    Instant createdAt) {

  /** The view of a project. */
  public static ConfigProjectView of(Project project) {
    return new ConfigProjectView(
        project.id(),
        project.description(),
        project.name(),
        project.nameWithNamespace(),
        project.path(),
        project.fullPath(),
        project.createdAt());
  }
}
