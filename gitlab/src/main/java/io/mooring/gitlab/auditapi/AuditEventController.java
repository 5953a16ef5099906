package io.mooring.gitlab.auditapi;

import io.mooring.gitlab.audit.AuditEvent;
import io.mooring.gitlab.audit.AuditEvents;
import io.mooring.gitlab.http.ExternalUrl;
import io.mooring.gitlab.http.Page;
import io.mooring.gitlab.http.Parameters;
import io.mooring.gitlab.identity.Caller;
import io.mooring.gitlab.identity.User;
import io.mooring.gitlab.project.Access;
import io.mooring.gitlab.project.Namespace;
import io.mooring.gitlab.project.Project;
import io.mooring.gitlab.project.Role;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/**
 * {@code audit_events} of the instance, of a group and of a project, in GitLab's form. Who may
 * change a part of the instance may read what was changed.
 */
@RestController
@RequestMapping("/api/v4")
class AuditEventController {
  private static final Set<String> KINDS =
      Arrays.stream(AuditEvent.Kind.values())
          .map(AuditEvent.Kind::text)
          .collect(Collectors.toUnmodifiableSet());

  private final AuditEvents events;
  private final Access access;
  private final ExternalUrl external;

  AuditEventController(AuditEvents events, Access access, ExternalUrl external) {
    this.events = events;
    this.access = access;
    this.external = external;
  }

  /** What is told of an act; {@code change} is ours. */
  record DetailsView(
      String eventName,
      String authorName,
      String targetType,
      long targetId,
      String targetDetails,
      @Nullable String ipAddress,
      String entityPath,
      @Nullable String requestId,
      JsonNode change) {}

  /** An act as the API shows it. */
  record EventView(
      long id,
      long authorId,
      long entityId,
      String entityType,
      String eventName,
      DetailsView details,
      Instant createdAt) {
    static EventView of(AuditEvents.Recorded recorded) {
      AuditEvent event = recorded.event();
      return new EventView(
          recorded.id(),
          event.author().id(),
          event.entity().id(),
          event.entity().kind().text(),
          event.name(),
          new DetailsView(
              event.name(),
              event.author().username(),
              event.target().type(),
              event.target().id(),
              event.target().text(),
              recorded.address().orElse(null),
              event.entity().path(),
              recorded.requestId().orElse(null),
              recorded.details()),
          recorded.at());
    }
  }

  @GetMapping("/audit_events")
  ResponseEntity<List<EventView>> ofInstance(
      Caller caller, Parameters parameters, HttpServletRequest request) {
    User _ = caller.requireAdmin();
    Optional<AuditEvent.Kind> kind =
        parameters
            .text("entity_type")
            .map(text -> text.toLowerCase(Locale.ROOT))
            .filter(text -> {
              boolean known = KINDS.contains(text);
              if (!known) {
                parameters.refuse("entity_type does not have a valid value");
              }
              return known;
            })
            .map(text -> AuditEvent.Kind.valueOf(text.toUpperCase(Locale.ROOT)));
    return list(kind, parameters.number("entity_id"), parameters, request);
  }

  @GetMapping("/projects/{id}/audit_events")
  ResponseEntity<List<EventView>> ofProject(
      Caller caller, @PathVariable String id, Parameters parameters, HttpServletRequest request) {
    Project project = access.project(caller, id, Role.MAINTAINER);
    return list(
        Optional.of(AuditEvent.Kind.PROJECT), Optional.of(project.id()), parameters, request);
  }

  @GetMapping("/groups/{id}/audit_events")
  ResponseEntity<List<EventView>> ofGroup(
      Caller caller, @PathVariable String id, Parameters parameters, HttpServletRequest request) {
    Namespace group = access.group(caller, id, Role.OWNER);
    return list(Optional.of(AuditEvent.Kind.GROUP), Optional.of(group.id()), parameters, request);
  }

  private ResponseEntity<List<EventView>> list(
      Optional<AuditEvent.Kind> kind,
      Optional<Long> entity,
      Parameters parameters,
      HttpServletRequest request) {
    var filter =
        new AuditEvents.Filter(
            kind,
            entity,
            parameters.number("author_id"),
            parameters.text("event_name"),
            parameters.time("created_after"),
            parameters.time("created_before"));
    Page page = Page.of(parameters);
    return page.answer(request, external, events.list(filter, page).map(EventView::of));
  }
}
