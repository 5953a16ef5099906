package io.mooring.gitlab.project;

import io.mooring.gitlab.audit.AuditEvent;
import io.mooring.gitlab.audit.AuditEvent.Entity;
import io.mooring.gitlab.audit.AuditEvent.Target;
import io.mooring.gitlab.audit.AuditEvents;
import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.http.ExternalUrl;
import io.mooring.gitlab.http.Page;
import io.mooring.gitlab.http.Parameters;
import io.mooring.gitlab.identity.Caller;
import io.mooring.gitlab.project.ProtectedBranches.Rule;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** {@code protected_branches} of a project. */
@RestController
@RequestMapping("/api/v4/projects/{id}/protected_branches")
class ProtectedBranchController {
  private static final int DEFAULT_LEVEL = 40;
  private static final int MAX_NAME = 255;

  private final Access access;
  private final ProtectedBranches branches;
  private final AuditEvents audit;
  private final ExternalUrl external;

  ProtectedBranchController(
      Access access, ProtectedBranches branches, AuditEvents audit, ExternalUrl external) {
    this.access = access;
    this.branches = branches;
    this.audit = audit;
    this.external = external;
  }

  /** One role that may do something; a rule here has one, where GitLab may have several. */
  record LevelView(
      int accessLevel,
      String accessLevelDescription,
      @Nullable Long userId,
      @Nullable Long groupId) {
    static LevelView of(int level) {
      String text =
          switch (level) {
            case ProtectedBranches.NOBODY -> "No one";
            case ProtectedBranches.ADMINISTRATORS -> "Administrators";
            case DEFAULT_LEVEL -> "Maintainers";
            default -> "Developers + Maintainers";
          };
      return new LevelView(level, text, null, null);
    }
  }

  /** A rule as the API shows it. */
  record RuleView(
      long id,
      String name,
      List<LevelView> pushAccessLevels,
      List<LevelView> mergeAccessLevels,
      boolean allowForcePush,
      boolean codeOwnerApprovalRequired) {
    static RuleView of(Rule rule) {
      return new RuleView(
          rule.id(),
          rule.name(),
          List.of(LevelView.of(rule.pushLevel())),
          List.of(LevelView.of(rule.mergeLevel())),
          rule.allowForcePush(),
          false);
    }
  }

  @GetMapping
  ResponseEntity<List<RuleView>> list(
      Caller caller, @PathVariable String id, Parameters parameters, HttpServletRequest request) {
    Project project = access.project(caller, id, Role.MAINTAINER);
    String search = parameters.text("search").orElse("");
    Page page = Page.of(parameters);
    return page.answer(
        request, external, branches.list(project.id(), search, page).map(RuleView::of));
  }

  @GetMapping("/{name}")
  RuleView get(Caller caller, @PathVariable String id, @PathVariable String name) {
    return RuleView.of(require(access.project(caller, id, Role.MAINTAINER), name));
  }

  @PostMapping
  @ResponseStatus(HttpStatus.CREATED)
  @Transactional
  RuleView create(Caller caller, @PathVariable String id, Parameters parameters) {
    Project project = access.project(caller, id, Role.MAINTAINER);
    String name = parameters.requiredText("name");
    if (!isPattern(name)) {
      parameters.refuse("name is invalid");
    }
    int push = level(parameters, "push_access_level").orElse(DEFAULT_LEVEL);
    int merge = level(parameters, "merge_access_level").orElse(DEFAULT_LEVEL);
    boolean force = parameters.flag("allow_force_push").orElse(false);
    parameters.check();
    if (branches.find(project.id(), name).isPresent()) {
      throw taken(name);
    }
    Rule rule;
    try {
      rule = branches.create(project.id(), name, push, merge, force);
    } catch (DuplicateKeyException e) {
      throw taken(name);
    }
    note(caller, project, "protected_branch_created", rule);
    return RuleView.of(rule);
  }

  @PatchMapping("/{name}")
  @Transactional
  RuleView update(
      Caller caller, @PathVariable String id, @PathVariable String name, Parameters parameters) {
    Project project = access.project(caller, id, Role.MAINTAINER);
    Rule rule = require(project, name);
    Optional<Integer> push = level(parameters, "push_access_level");
    Optional<Integer> merge = level(parameters, "merge_access_level");
    Optional<Boolean> force = parameters.flag("allow_force_push");
    parameters.check();
    var changed =
        new Rule(
            rule.id(),
            rule.name(),
            push.orElse(rule.pushLevel()),
            merge.orElse(rule.mergeLevel()),
            force.orElse(rule.allowForcePush()));
    branches.update(changed);
    note(caller, project, "protected_branch_updated", changed);
    return RuleView.of(changed);
  }

  @DeleteMapping("/{name}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Transactional
  void delete(Caller caller, @PathVariable String id, @PathVariable String name) {
    Project project = access.project(caller, id, Role.MAINTAINER);
    Rule rule = require(project, name);
    branches.delete(rule.id());
    note(caller, project, "protected_branch_removed", rule);
  }

  private Rule require(Project project, String name) {
    return branches.find(project.id(), name).orElseThrow(() -> ApiException.notFound());
  }

  private void note(Caller caller, Project project, String name, Rule rule) {
    audit.record(
        new AuditEvent(
            name,
            caller.requireUser().author(),
            Entity.project(project.id(), project.fullPath()),
            new Target("ProtectedBranch", rule.id(), rule.name()),
            Map.of(
                "push_access_level", rule.pushLevel(),
                "merge_access_level", rule.mergeLevel(),
                "allow_force_push", rule.allowForcePush())));
  }

  private static Optional<Integer> level(Parameters parameters, String name) {
    Optional<Long> level = parameters.number(name);
    if (level.isPresent() && !ProtectedBranches.LEVELS.contains(level.get())) {
      parameters.refuse(name + " does not have a valid value");
      return Optional.empty();
    }
    return level.map(Math::toIntExact);
  }

  /** A branch's name in which every star may stand for any text. */
  private static boolean isPattern(String name) {
    return name.length() <= MAX_NAME && BranchName.isValid(name.replace('*', 'x'));
  }

  private static ApiException taken(String name) {
    return ApiException.message(
        HttpStatus.CONFLICT, "Protected branch '" + name + "' already exists");
  }
}
