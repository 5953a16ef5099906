package io.mooring.gitlab.project;

import io.mooring.gitlab.audit.AuditEvent;
import io.mooring.gitlab.audit.AuditEvent.Entity;
import io.mooring.gitlab.audit.AuditEvent.Target;
import io.mooring.gitlab.audit.AuditEvents;
import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.http.Parameters;
import io.mooring.gitlab.identity.Caller;
import io.mooring.gitlab.identity.PathSegment;
import io.mooring.gitlab.identity.User;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** What people change about groups, by REST and by pages alike. Thread-safe. */
@Component
public class GroupChanges {
  /** GitLab's limit; paths of files on disk bound it too. */
  static final int MAX_DEPTH = 20;

  private final Access access;
  private final Namespaces namespaces;
  private final Members members;
  private final ProjectLifecycle lifecycle;
  private final TransactionTemplate transactions;
  private final AuditEvents audit;

  GroupChanges(
      Access access,
      Namespaces namespaces,
      Members members,
      ProjectLifecycle lifecycle,
      TransactionTemplate transactions,
      AuditEvents audit) {
    this.access = access;
    this.namespaces = namespaces;
    this.members = members;
    this.lifecycle = lifecycle;
    this.transactions = transactions;
    this.audit = audit;
  }

  /**
   * Makes a group of {@code name}, {@code path}, {@code description}, {@code visibility} and {@code
   * parent_id}; who makes it owns it.
   *
   * @throws ApiException 400 naming what is wrong
   */
  public Namespace create(Caller caller, Parameters parameters) {
    User user = caller.requireUser();
    String name = parameters.requiredText("name");
    String path = parameters.requiredText("path");
    String description = parameters.text("description").orElse("");
    String visibility = parameters.word("visibility", Visibility.names()).orElse("private");
    Optional<Long> parentId = parameters.number("parent_id");
    requireSound(name, description, parameters);
    Optional<Namespace> parent =
        parentId.map(id -> access.group(caller, Long.toString(id), Role.MAINTAINER));
    PathSegment.problem(path, parent.isEmpty()).ifPresent(text -> failed("path", text));
    if (parent.isPresent()) {
      requireWithin(parent.get(), Visibility.named(visibility));
    }
    try {
      return transactions.execute(status -> {
        Namespace group =
            namespaces.createGroup(
                new Namespaces.NewGroup(
                    path, name, description, Visibility.named(visibility), parent));
        members.add(
            new Members.Source.OfNamespace(group.id()), user.id(), Role.OWNER, Optional.empty());
        note(user, "group_created", group, Map.of("visibility", visibility));
        return group;
      });
    } catch (DuplicateKeyException e) {
      throw taken();
    }
  }

  /** Changes what is given of the same, as an owner may. */
  public Namespace update(Caller caller, String id, Parameters parameters) {
    Namespace group = access.group(caller, id, Role.OWNER);
    String name = parameters.text("name").orElse(group.name());
    String description = parameters.text("description").orElse(group.description());
    Optional<String> visibility = parameters.word("visibility", Visibility.names());
    Optional<String> path = parameters.text("path");
    requireSound(name, description, parameters);
    path.flatMap(segment -> PathSegment.problem(segment, group.parentId().isEmpty()))
        .ifPresent(text -> failed("path", text));
    Visibility wanted = visibility.map(Visibility::named).orElse(group.visibility());
    group.parentId().flatMap(namespaces::find).ifPresent(parent -> requireWithin(parent, wanted));
    try {
      transactions.executeWithoutResult(status -> {
        namespaces.update(group.id(), name, description, wanted);
        path.filter(segment -> !segment.equals(group.path()))
            .ifPresent(segment -> namespaces.rename(group, segment));
        Map<String, Object> changes = new LinkedHashMap<>();
        Changed.note(changes, "name", group.name(), name);
        Changed.note(changes, "description", group.description(), description);
        Changed.note(changes, "visibility", group.visibility().text(), wanted.text());
        Changed.note(changes, "path", group.path(), path.orElse(group.path()));
        if (!changes.isEmpty()) {
          note(caller.requireUser(), "group_updated", group, changes);
        }
      });
    } catch (DuplicateKeyException e) {
      throw taken();
    }
    return namespaces.find(group.id()).orElseThrow(() -> ApiException.notFound("Group"));
  }

  /** Removes a group with everything in it, as an owner may. */
  public void delete(Caller caller, String id) {
    Namespace group = access.group(caller, id, Role.OWNER);
    transactions.executeWithoutResult(status -> {
      note(caller.requireUser(), "group_destroyed", group, Map.of());
      lifecycle.delete(group);
    });
  }

  private void note(User author, String name, Namespace group, Map<String, Object> details) {
    audit.record(
        new AuditEvent(
            name,
            author.author(),
            Entity.group(group.id(), group.fullPath()),
            new Target("Group", group.id(), group.fullPath()),
            details));
  }

  private static void requireSound(String name, String description, Parameters parameters) {
    if (name.isBlank() || name.length() > 255) {
      parameters.refuse("name is invalid");
    }
    if (description.length() > 500) {
      parameters.refuse("description is invalid");
    }
    parameters.check();
  }

  private static void requireWithin(Namespace parent, Visibility visibility) {
    if (visibility.compareTo(parent.visibility()) > 0) {
      failed(
          "visibility_level",
          visibility.text()
              + " is not allowed since the parent group is "
              + parent.visibility().text());
    }
    if (parent.traversalIds().size() >= MAX_DEPTH) {
      failed("parent_id", "stands at the greatest depth of " + MAX_DEPTH);
    }
  }

  private static ApiException taken() {
    return ApiException.message(
        HttpStatus.BAD_REQUEST, "Failed to save group {:path=>[\"has already been taken\"]}");
  }

  private static void failed(String field, String problem) {
    throw ApiException.message(
        HttpStatus.BAD_REQUEST, "Failed to save group {:" + field + "=>[\"" + problem + "\"]}");
  }
}
