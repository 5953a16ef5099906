package io.mooring.gitlab.project;

import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.http.ExternalUrl;
import io.mooring.gitlab.http.Page;
import io.mooring.gitlab.http.Parameters;
import io.mooring.gitlab.identity.Caller;
import io.mooring.gitlab.identity.PathSegment;
import io.mooring.gitlab.identity.User;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** {@code /groups} of the REST API. */
@RestController
@RequestMapping("/api/v4/groups")
class GroupController {
  /** GitLab's limit; paths of files on disk bound it too. */
  private static final int MAX_DEPTH = 20;

  private final Access access;
  private final Namespaces namespaces;
  private final Members members;
  private final ProjectLifecycle lifecycle;
  private final TransactionTemplate transactions;
  private final ExternalUrl external;

  GroupController(
      Access access,
      Namespaces namespaces,
      Members members,
      ProjectLifecycle lifecycle,
      TransactionTemplate transactions,
      ExternalUrl external) {
    this.access = access;
    this.namespaces = namespaces;
    this.members = members;
    this.lifecycle = lifecycle;
    this.transactions = transactions;
    this.external = external;
  }

  /** A group as the API shows it. */
  record GroupView(
      long id,
      String webUrl,
      String name,
      String path,
      String description,
      String visibility,
      String fullName,
      String fullPath,
      Instant createdAt,
      @Nullable Long parentId) {}

  @GetMapping
  ResponseEntity<List<GroupView>> list(
      Caller caller, Parameters parameters, HttpServletRequest request) {
    Page page = Page.of(parameters);
    return page.answer(
        request,
        external,
        namespaces.visibleGroups(access.viewer(caller), Optional.empty(), page).map(this::view));
  }

  @GetMapping("/{id}/subgroups")
  ResponseEntity<List<GroupView>> subgroups(
      Caller caller, @PathVariable String id, Parameters parameters, HttpServletRequest request) {
    Namespace group = access.group(caller, id);
    Page page = Page.of(parameters);
    return page.answer(
        request,
        external,
        namespaces
            .visibleGroups(access.viewer(caller), Optional.of(group.id()), page)
            .map(this::view));
  }

  @GetMapping("/{id}")
  GroupView get(Caller caller, @PathVariable String id) {
    return view(access.group(caller, id));
  }

  @PostMapping
  @ResponseStatus(HttpStatus.CREATED)
  GroupView create(Caller caller, Parameters parameters) {
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
      return view(
          transactions.execute(status -> {
            Namespace group =
                namespaces.createGroup(
                    new Namespaces.NewGroup(
                        path, name, description, Visibility.named(visibility), parent));
            members.add(
                new Members.Source.OfNamespace(group.id()),
                user.id(),
                Role.OWNER,
                Optional.empty());
            return group;
          }));
    } catch (DuplicateKeyException e) {
      throw taken();
    }
  }

  @PutMapping("/{id}")
  GroupView update(Caller caller, @PathVariable String id, Parameters parameters) {
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
      });
    } catch (DuplicateKeyException e) {
      throw taken();
    }
    return view(namespaces.find(group.id()).orElseThrow(() -> ApiException.notFound("Group")));
  }

  @DeleteMapping("/{id}")
  ResponseEntity<Map<String, String>> delete(Caller caller, @PathVariable String id) {
    lifecycle.delete(access.group(caller, id, Role.OWNER));
    return ResponseEntity.status(HttpStatus.ACCEPTED).body(Map.of("message", "202 Accepted"));
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

  private GroupView view(Namespace group) {
    return new GroupView(
        group.id(),
        external.of("/groups/" + group.fullPath()),
        group.name(),
        group.path(),
        group.description(),
        group.visibility().text(),
        group.fullName(),
        group.fullPath(),
        group.createdAt(),
        group.parentId().orElse(null));
  }
}
