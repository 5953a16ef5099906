package io.mooring.gitlab.ci;

import io.mooring.gitlab.audit.AuditEvent;
import io.mooring.gitlab.audit.AuditEvent.Entity;
import io.mooring.gitlab.audit.AuditEvent.Target;
import io.mooring.gitlab.audit.AuditEvents;
import io.mooring.gitlab.ci.Triggers.Trigger;
import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.http.ExternalUrl;
import io.mooring.gitlab.http.Page;
import io.mooring.gitlab.http.Parameters;
import io.mooring.gitlab.identity.Caller;
import io.mooring.gitlab.identity.User;
import io.mooring.gitlab.identity.Users;
import io.mooring.gitlab.project.Access;
import io.mooring.gitlab.project.Project;
import io.mooring.gitlab.project.Role;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** {@code triggers} of a project: tokens with which a CI starts jobs as who made them. */
@RestController
@RequestMapping("/api/v4/projects/{id}/triggers")
class TriggerController {
  private static final int MAX_DESCRIPTION = 255;

  private final Access access;
  private final Triggers triggers;
  private final Users users;
  private final AuditEvents audit;
  private final ExternalUrl external;

  TriggerController(
      Access access, Triggers triggers, Users users, AuditEvents audit, ExternalUrl external) {
    this.access = access;
    this.triggers = triggers;
    this.users = users;
    this.audit = audit;
    this.external = external;
  }

  /** Whom jobs of the trigger run as. */
  record OwnerView(long id, String username, String name) {}

  /** A trigger; its token is whole once and then only its first characters. */
  record TriggerView(
      long id,
      String description,
      Instant createdAt,
      Instant updatedAt,
      @Nullable Instant lastUsed,
      String token,
      @Nullable OwnerView owner) {}

  @GetMapping
  ResponseEntity<List<TriggerView>> list(
      Caller caller, @PathVariable String id, Parameters parameters, HttpServletRequest request) {
    Project project = access.project(caller, id, Role.MAINTAINER);
    Page page = Page.of(parameters);
    return page.answer(
        request,
        external,
        triggers.list(project.id(), page).map(trigger -> view(trigger, trigger.shortToken())));
  }

  @GetMapping("/{triggerId}")
  TriggerView get(Caller caller, @PathVariable String id, @PathVariable long triggerId) {
    Trigger trigger = require(access.project(caller, id, Role.MAINTAINER), triggerId);
    return view(trigger, trigger.shortToken());
  }

  @PostMapping
  @ResponseStatus(HttpStatus.CREATED)
  @Transactional
  TriggerView create(Caller caller, @PathVariable String id, Parameters parameters) {
    Project project = access.project(caller, id, Role.MAINTAINER);
    User owner = caller.requireUser();
    String description = parameters.requiredText("description");
    if (description.isBlank() || description.length() > MAX_DESCRIPTION) {
      parameters.refuse("description is invalid");
    }
    parameters.check();
    Triggers.Issued issued = triggers.issue(project.id(), owner.id(), description);
    note("ci_trigger_created", owner, project, issued.trigger());
    return view(issued.trigger(), issued.token().text());
  }

  @DeleteMapping("/{triggerId}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Transactional
  void delete(Caller caller, @PathVariable String id, @PathVariable long triggerId) {
    Project project = access.project(caller, id, Role.MAINTAINER);
    Trigger trigger = require(project, triggerId);
    triggers.delete(trigger.id());
    note("ci_trigger_removed", caller.requireUser(), project, trigger);
  }

  private void note(String name, User author, Project project, Trigger trigger) {
    audit.record(
        new AuditEvent(
            name,
            author.author(),
            Entity.project(project.id(), project.fullPath()),
            new Target("Ci::Trigger", trigger.id(), trigger.description())));
  }

  private Trigger require(Project project, long id) {
    return triggers.find(project.id(), id).orElseThrow(() -> ApiException.notFound("Trigger"));
  }

  private TriggerView view(Trigger trigger, String token) {
    Optional<User> owner = users.find(trigger.ownerId());
    return new TriggerView(
        trigger.id(),
        trigger.description(),
        trigger.createdAt(),
        trigger.updatedAt(),
        trigger.lastUsedAt().orElse(null),
        token,
        owner.map(known -> new OwnerView(known.id(), known.username(), known.name())).orElse(null));
  }
}
