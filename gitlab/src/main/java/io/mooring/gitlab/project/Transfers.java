package io.mooring.gitlab.project;

import io.mooring.gitlab.audit.AuditEvent;
import io.mooring.gitlab.audit.AuditEvent.Entity;
import io.mooring.gitlab.audit.AuditEvent.Target;
import io.mooring.gitlab.audit.AuditEvents;
import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.identity.Caller;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Moves projects and groups to another place. What stands under another root afterwards is beyond
 * the reach of the agents it came from, so whoever keeps who may use what is told. Thread-safe.
 */
@Component
public class Transfers {
  private final Access access;
  private final Projects projects;
  private final Namespaces namespaces;
  private final AuditEvents audit;
  private final ApplicationEventPublisher events;
  private final TransactionTemplate transactions;

  Transfers(
      Access access,
      Projects projects,
      Namespaces namespaces,
      AuditEvents audit,
      ApplicationEventPublisher events,
      TransactionTemplate transactions) {
    this.access = access;
    this.projects = projects;
    this.namespaces = namespaces;
    this.audit = audit;
    this.events = events;
    this.transactions = transactions;
  }

  /**
   * Told inside the transaction that moved something.
   *
   * @param rootIds namespaces at the top, in whose trees full paths mean something else now
   */
  public record Moved(Set<Long> rootIds) {}

  /**
   * Moves a project, whose owner the caller is, to where the caller is a maintainer.
   *
   * @param target number or full path of a namespace
   * @throws ApiException 400 when it cannot stand there, 403 or 404 for who may not
   */
  public Project project(Caller caller, Project project, String target) {
    Namespace place = place(caller, target);
    if (place.id() == project.namespace().id()) {
      throw refused("Project is already in this namespace.");
    }
    if (place.isGroup() && project.visibility().compareTo(place.visibility()) > 0) {
      throw refused("Project is more visible than the namespace.");
    }
    try {
      transactions.executeWithoutResult(status -> {
        projects.transfer(project, place);
        note(
            caller,
            "project_namespace_updated",
            Entity.project(project.id(), project.fullPath()),
            new Target("Project", project.id(), place.fullPath() + "/" + project.path()),
            project.namespace().fullPath(),
            place.fullPath());
        events.publishEvent(moved(project.namespace().rootId(), place.rootId()));
      });
    } catch (DuplicateKeyException e) {
      throw refused("Project with same name or path in target namespace already exists");
    }
    return projects.find(project.id()).orElseThrow(() -> ApiException.notFound("Project"));
  }

  /**
   * Moves a group, whose owner the caller is, with all that stands in it.
   *
   * @param parentId the group it shall stand in; empty for the top
   * @throws ApiException 400 when it cannot stand there, 403 or 404 for who may not
   */
  public Namespace group(Caller caller, Namespace group, Optional<Long> parentId) {
    Optional<Namespace> parent =
        parentId.map(number -> access.group(caller, Long.toString(number), Role.MAINTAINER));
    requirePlace(group, parent);
    try {
      transactions.executeWithoutResult(status -> {
        namespaces.transfer(group, parent);
        note(
            caller,
            "group_transferred",
            Entity.group(group.id(), group.fullPath()),
            new Target("Group", group.id(), group.path()),
            group.fullPath(),
            parent.map(above -> above.fullPath() + "/").orElse("") + group.path());
        events.publishEvent(
            moved(group.rootId(), parent.map(Namespace::rootId).orElse(group.id())));
      });
    } catch (DuplicateKeyException e) {
      throw refusedGroup(
          "The parent group already has a subgroup or a project with the same path.");
    }
    return namespaces.find(group.id()).orElseThrow(() -> ApiException.notFound("Group"));
  }

  private void requirePlace(Namespace group, Optional<Namespace> parent) {
    if (parent.map(Namespace::id).equals(group.parentId())) {
      throw refusedGroup(
          parent.isEmpty()
              ? "Group is already a root group."
              : "Group is already associated to the parent group.");
    }
    if (parent.isEmpty()) {
      return;
    }
    if (parent.get().traversalIds().contains(group.id())) {
      throw refusedGroup("Cannot transfer group to one of its subgroup.");
    }
    if (group.visibility().compareTo(parent.get().visibility()) > 0) {
      throw refusedGroup("The group is more visible than the parent group.");
    }
    if (parent.get().traversalIds().size() + namespaces.height(group) > GroupChanges.MAX_DEPTH) {
      throw refusedGroup("Groups would stand deeper than " + GroupChanges.MAX_DEPTH + " levels.");
    }
  }

  /** A group of which one is a maintainer, or one's own namespace. */
  private Namespace place(Caller caller, String target) {
    Optional<Namespace> found =
        target.matches("[0-9]{1,18}")
            ? namespaces.find(Long.parseLong(target))
            : target.indexOf('\0') < 0 ? namespaces.at(target) : Optional.empty();
    Namespace place =
        found
            .filter(namespace ->
                namespace.isGroup()
                    ? access.sees(caller.user(), namespace)
                    : access.role(caller.user(), namespace).isPresent())
            .orElseThrow(() -> ApiException.notFound("Namespace"));
    if (access
        .role(caller.user(), place)
        .filter(role -> role.includes(Role.MAINTAINER))
        .isEmpty()) {
      throw ApiException.forbidden();
    }
    return place;
  }

  private void note(
      Caller caller, String name, Entity entity, Target target, String from, String to) {
    audit.record(
        new AuditEvent(
            name, caller.requireUser().author(), entity, target, Map.of("from", from, "to", to)));
  }

  private static Moved moved(long fromRoot, long toRoot) {
    return new Moved(Set.copyOf(List.of(fromRoot, toRoot)));
  }

  private static ApiException refused(String text) {
    return ApiException.message(HttpStatus.BAD_REQUEST, text);
  }

  private static ApiException refusedGroup(String text) {
    return refused("Transfer failed: " + text);
  }
}
