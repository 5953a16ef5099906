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

/** {@code /groups} of the REST API. */
@RestController
@RequestMapping("/api/v4/groups")
class GroupController {
  private final Access access;
  private final Namespaces namespaces;
  private final GroupChanges changes;
  private final Transfers transfers;
  private final ExternalUrl external;

  GroupController(
      Access access,
      Namespaces namespaces,
      GroupChanges changes,
      Transfers transfers,
      ExternalUrl external) {
    this.access = access;
    this.namespaces = namespaces;
    this.changes = changes;
    this.transfers = transfers;
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
    return view(changes.create(caller, parameters));
  }

  @PutMapping("/{id}")
  GroupView update(Caller caller, @PathVariable String id, Parameters parameters) {
    return view(changes.update(caller, id, parameters));
  }

  @DeleteMapping("/{id}")
  ResponseEntity<Map<String, String>> delete(Caller caller, @PathVariable String id) {
    changes.delete(caller, id);
    return ResponseEntity.status(HttpStatus.ACCEPTED).body(Map.of("message", "202 Accepted"));
  }

  @PostMapping("/{id}/transfer")
  @ResponseStatus(HttpStatus.CREATED)
  GroupView transfer(Caller caller, @PathVariable String id, Parameters parameters) {
    Namespace group = access.group(caller, id, Role.OWNER);
    Optional<Long> parent = parameters.number("group_id");
    parameters.check();
    return view(transfers.group(caller, group, parent));
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
