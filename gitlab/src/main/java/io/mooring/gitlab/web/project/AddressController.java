package io.mooring.gitlab.web.project;

import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.http.Parameters;
import io.mooring.gitlab.project.Access;
import io.mooring.gitlab.project.Namespace;
import io.mooring.gitlab.project.Namespaces;
import io.mooring.gitlab.project.Project;
import io.mooring.gitlab.project.Projects;
import io.mooring.gitlab.web.Visit;
import io.mooring.gitlab.web.html.Html;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/**
 * Every address that nobody else takes: that of a project, group or person, or of something in a
 * repository, whose names have any number of parts.
 */
@RestController
class AddressController {
  private static final Pattern IN_REPOSITORY =
      Pattern.compile("/(.+?)/-/(tree|blob|raw|commits|commit)(?:/(.*))?");

  private final Access access;
  private final Projects projects;
  private final Namespaces namespaces;
  private final RepositoryPages repository;
  private final CommitPages commits;
  private final GroupPages groups;

  AddressController(
      Access access,
      Projects projects,
      Namespaces namespaces,
      RepositoryPages repository,
      CommitPages commits,
      GroupPages groups) {
    this.access = access;
    this.projects = projects;
    this.namespaces = namespaces;
    this.repository = repository;
    this.commits = commits;
    this.groups = groups;
  }

  @GetMapping("/{*path}")
  Html show(Visit visit, @PathVariable("path") String path, Parameters parameters) {
    Matcher matcher = IN_REPOSITORY.matcher(path);
    if (matcher.matches()) {
      Project project = access.repository(visit.caller(), matcher.group(1));
      String rest = Optional.ofNullable(matcher.group(3)).orElse("");
      return switch (matcher.group(2)) {
        case "tree" -> repository.tree(visit, project, rest);
        case "blob" -> repository.blob(visit, project, rest);
        case "commits" -> commits.list(visit, project, rest, parameters);
        case "commit" -> commits.show(visit, project, rest);
        default -> throw ApiException.notFound();
      };
    }
    String fullPath = path.substring(1);
    Optional<Project> project =
        fullPath.contains("/")
            ? projects.at(fullPath).filter(found -> access.sees(visit.caller().user(), found))
            : Optional.empty();
    if (project.isPresent()) {
      return repository.overview(visit, project.get());
    }
    Namespace namespace =
        namespaces
            .at(fullPath)
            .filter(found -> access.sees(visit.caller().user(), found))
            .orElseThrow(ApiException::notFound);
    return groups.show(visit, namespace, parameters);
  }
}
