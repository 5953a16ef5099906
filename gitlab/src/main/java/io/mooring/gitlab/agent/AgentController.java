package io.mooring.gitlab.agent;

import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.http.ExternalUrl;
import io.mooring.gitlab.http.Page;
import io.mooring.gitlab.http.Parameters;
import io.mooring.gitlab.identity.Caller;
import io.mooring.gitlab.project.Project;
import jakarta.servlet.http.HttpServletRequest;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** {@code cluster_agents} of a project (gitlab-side.md 3.1). */
@RestController
@RequestMapping("/api/v4/projects/{id}/cluster_agents")
class AgentController {
  private final AgentAccess access;
  private final Agents agents;
  private final AgentChanges changes;
  private final ActivityEvents activity;
  private final ExternalUrl external;

  AgentController(
      AgentAccess access,
      Agents agents,
      AgentChanges changes,
      ActivityEvents activity,
      ExternalUrl external) {
    this.access = access;
    this.agents = agents;
    this.changes = changes;
    this.activity = activity;
    this.external = external;
  }

  /** An agent as the API shows it. */
  record AgentView(
      long id,
      String name,
      ConfigProjectView configProject,
      Instant createdAt,
      @Nullable Long createdByUserId) {
    static AgentView of(Agent agent) {
      return new AgentView(
          agent.id(),
          agent.name(),
          ConfigProjectView.of(agent.project()),
          agent.createdAt(),
          agent.createdByUserId().orElse(null));
    }
  }

  @GetMapping
  ResponseEntity<List<AgentView>> list(
      Caller caller, @PathVariable String id, Parameters parameters, HttpServletRequest request) {
    Project project = access.read(caller, id);
    Page page = Page.of(parameters);
    return page.answer(request, external, agents.list(project, page).map(AgentView::of));
  }

  @GetMapping("/{agentId}")
  AgentView get(Caller caller, @PathVariable String id, @PathVariable long agentId) {
    return AgentView.of(access.read(caller, id, agentId));
  }

  @PostMapping
  @ResponseStatus(HttpStatus.CREATED)
  AgentView create(Caller caller, @PathVariable String id, Parameters parameters) {
    return AgentView.of(changes.register(caller, id, parameters));
  }

  @DeleteMapping("/{agentId}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void delete(
      Caller caller,
      @PathVariable String id,
      @PathVariable long agentId,
      HttpServletRequest request) {
    Agent agent = access.manage(caller, id, agentId);
    Optional<Instant> limit =
        Optional.ofNullable(request.getHeader(HttpHeaders.IF_UNMODIFIED_SINCE))
            .flatMap(AgentController::time);
    if (limit.isPresent()
        && agent.updatedAt().truncatedTo(ChronoUnit.SECONDS).isAfter(limit.get())) {
      throw ApiException.message(HttpStatus.PRECONDITION_FAILED, "412 Precondition Failed");
    }
    changes.remove(caller, id, agent.id());
  }

  /** What happened with the agent's tokens and connections; GitLab shows it in GraphQL only. */
  @GetMapping("/{agentId}/activity_events")
  ResponseEntity<List<ActivityEvents.Event>> activity(
      Caller caller,
      @PathVariable String id,
      @PathVariable long agentId,
      Parameters parameters,
      HttpServletRequest request) {
    Agent agent = access.read(caller, id, agentId);
    Page page = Page.of(parameters);
    return page.answer(request, external, activity.list(agent.id(), page));
  }

  /** HTTP's form or ISO 8601; what is neither is not a condition. */
  private static Optional<Instant> time(String text) {
    return time(text, DateTimeFormatter.RFC_1123_DATE_TIME)
        .or(() -> time(text, DateTimeFormatter.ISO_OFFSET_DATE_TIME));
  }

  private static Optional<Instant> time(String text, DateTimeFormatter format) {
    try {
      return Optional.of(Instant.from(format.parse(text)));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
