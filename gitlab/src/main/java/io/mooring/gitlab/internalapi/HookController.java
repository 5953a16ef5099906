package io.mooring.gitlab.internalapi;

import io.mooring.gitlab.gitaly.Quarantine;
import io.mooring.gitlab.gitaly.RepositoryCoordinates;
import io.mooring.gitlab.http.Json;
import io.mooring.gitlab.http.Parameters;
import io.mooring.gitlab.http.Release;
import io.mooring.gitlab.identity.User;
import io.mooring.gitlab.identity.Users;
import io.mooring.gitlab.project.Access;
import io.mooring.gitlab.project.Project;
import io.mooring.gitlab.project.Projects;
import io.mooring.gitlab.push.PushReceiver;
import io.mooring.gitlab.push.RefChange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Answers the hooks of the Git server (gitlab-side.md 7.1). */
@RestController
class HookController {
  private static final String PREFIX = "/api/v4/internal/";

  /** What Gitaly asks; everything else under the prefix is for kas. */
  static final Set<String> PATHS =
      Set.of(PREFIX + "allowed", PREFIX + "pre_receive", PREFIX + "post_receive", PREFIX + "check");

  private static final String UNKNOWN =
      "The project you were looking for could not be found or you don't have permission to view it.";

  private final Projects projects;
  private final Users users;
  private final Access access;
  private final BranchRules rules;
  private final PushReceiver pushes;

  HookController(
      Projects projects, Users users, Access access, BranchRules rules, PushReceiver pushes) {
    this.projects = projects;
    this.users = users;
    this.access = access;
    this.rules = rules;
    this.pushes = pushes;
  }

  @GetMapping(PREFIX + "check")
  Map<String, Object> check() {
    return Map.of(
        "api_version",
        "v4",
        "gitlab_version",
        Release.VERSION,
        "gitlab_rev",
        Release.REVISION,
        "redis",
        true);
  }

  @PostMapping(PREFIX + "allowed")
  ResponseEntity<Map<String, Object>> allowed(Parameters parameters) {
    String repository = parameters.requiredText("gl_repository");
    String changes = parameters.requiredText("changes");
    String action = parameters.text("action").orElse("git-receive-pack");
    Optional<User> user = user(parameters);
    Optional<String> environment = parameters.text("env");
    parameters.check();
    Optional<Project> project = project(repository).filter(found -> access.sees(user, found));
    if (project.isEmpty() || user.isEmpty()) {
      return denied(HttpStatus.NOT_FOUND, UNKNOWN);
    }
    if (!action.equals("git-receive-pack") || !access.pushes(user, project.get())) {
      return denied(HttpStatus.UNAUTHORIZED, "You are not allowed to push code to this project.");
    }
    // "_any" asks before the changes are known.
    Optional<List<RefChange>> parsed =
        changes.equals("_any") ? Optional.of(List.of()) : RefChange.parse(changes);
    if (parsed.isEmpty()) {
      return denied(HttpStatus.UNAUTHORIZED, "The changes cannot be read.");
    }
    Optional<String> refusal =
        rules.refusal(
            project.get(), user.get(), parsed.get(), quarantine(project.get(), environment));
    if (refusal.isPresent()) {
      return denied(HttpStatus.UNAUTHORIZED, refusal.get());
    }
    return ResponseEntity.ok(
        Map.of(
            "status",
            true,
            "gl_repository",
            repository,
            "gl_project_path",
            project.get().fullPath(),
            "gl_id",
            "user-" + user.get().id(),
            "gl_username",
            user.get().username(),
            "git_config_options",
            List.of()));
  }

  @PostMapping(PREFIX + "pre_receive")
  Map<String, Object> preReceive(Parameters parameters) {
    String repository = parameters.requiredText("gl_repository");
    parameters.check();
    return Map.of("reference_counter_increased", project(repository).isPresent());
  }

  @PostMapping(PREFIX + "post_receive")
  Map<String, Object> postReceive(Parameters parameters) {
    String repository = parameters.requiredText("gl_repository");
    String changes = parameters.requiredText("changes");
    parameters.check();
    Optional<Project> project = project(repository);
    project.ifPresent(
        found -> pushes.received(found, RefChange.parse(changes).orElseGet(List::of)));
    return Map.of("reference_counter_decreased", project.isPresent(), "messages", List.of());
  }

  private Optional<Project> project(String repository) {
    return projects.find(RepositoryCoordinates.projectId(repository));
  }

  /** Gitaly names the pusher in one of several ways. */
  private Optional<User> user(Parameters parameters) {
    Optional<String> id =
        parameters
            .text("user_id")
            .or(() -> parameters.text("identifier"))
            .or(() -> parameters.text("gl_id"))
            .map(text -> text.replaceFirst("^user-", ""));
    return id.filter(text -> text.matches("[0-9]{1,18}"))
        .flatMap(text -> users.find(Long.parseLong(text)))
        .or(() -> parameters.text("username").flatMap(users::named));
  }

  /**
   * Directories of objects that the push brought, which the hook names relative to the repository.
   */
  private static Quarantine quarantine(Project project, Optional<String> environment) {
    JsonNode variables =
        environment.flatMap(HookController::json).orElseGet(() -> Json.MAPPER.createObjectNode());
    var alternates = new ArrayList<String>();
    variables
        .path("GIT_ALTERNATE_OBJECT_DIRECTORIES_RELATIVE")
        .forEach(node -> alternates.add(node.asString("")));
    return new Quarantine(
        project.repository(),
        variables.path("GIT_OBJECT_DIRECTORY_RELATIVE").asString(""),
        alternates);
  }

  private static Optional<JsonNode> json(String text) {
    try {
      return Optional.of(Json.MAPPER.readTree(text));
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  private static ResponseEntity<Map<String, Object>> denied(HttpStatus status, String message) {
    return ResponseEntity.status(status).body(Map.of("status", false, "message", message));
  }
}
