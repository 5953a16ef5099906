package io.mooring.gitlab.internalapi;

import io.mooring.gitlab.gitaly.Quarantine;
import io.mooring.gitlab.gitaly.Repositories;
import io.mooring.gitlab.identity.User;
import io.mooring.gitlab.project.Access;
import io.mooring.gitlab.project.Project;
import io.mooring.gitlab.project.ProtectedBranches;
import io.mooring.gitlab.project.ProtectedBranches.Rule;
import io.mooring.gitlab.project.Role;
import io.mooring.gitlab.push.RefChange;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * What may not be done to protected branches by a push. A rule binds everybody whom it does not
 * name; the default branch without a rule is only kept from being rewritten or removed by
 * developers. Thread-safe.
 */
@Component
class BranchRules {
  private static final String NO_DELETION =
      "You are not allowed to delete protected branches from this project. Only a project maintainer or owner can"
          + " delete a protected branch.";
  private static final String NO_FORCE =
      "You are not allowed to force push code to a protected branch on this project.";
  private static final String NO_PUSH =
      "You are not allowed to push code to protected branches on this project.";

  private final Access access;
  private final ProtectedBranches branches;
  private final Repositories repositories;

  BranchRules(Access access, ProtectedBranches branches, Repositories repositories) {
    this.access = access;
    this.branches = branches;
    this.repositories = repositories;
  }

  /** What is said to the pusher when a change is not allowed; empty when all are. */
  Optional<String> refusal(
      Project project, User user, List<RefChange> changes, Quarantine quarantine) {
    Role role = access.role(Optional.of(user), project).orElse(Role.GUEST);
    for (RefChange change : changes) {
      Optional<String> refusal =
          change
              .branch()
              .flatMap(branch -> {
                List<Rule> rules = branches.matching(project, branch);
                if (!rules.isEmpty()) {
                  return byRules(rules, user, role, change, quarantine);
                }
                return branch.equals(project.defaultBranch()) && !role.includes(Role.MAINTAINER)
                    ? byDefault(change, quarantine)
                    : Optional.empty();
              });
      if (refusal.isPresent()) {
        return refusal;
      }
    }
    return Optional.empty();
  }

  private Optional<String> byRules(
      List<Rule> rules, User user, Role role, RefChange change, Quarantine quarantine) {
    if (change.deletes()) {
      return role.includes(Role.MAINTAINER) ? Optional.empty() : Optional.of(NO_DELETION);
    }
    if (rewrites(change, quarantine) && rules.stream().noneMatch(Rule::allowForcePush)) {
      return Optional.of(NO_FORCE);
    }
    return rules.stream().anyMatch(rule -> rule.permitsPush(user, role))
        ? Optional.empty()
        : Optional.of(NO_PUSH);
  }

  private Optional<String> byDefault(RefChange change, Quarantine quarantine) {
    if (change.deletes()) {
      return Optional.of(NO_DELETION);
    }
    return rewrites(change, quarantine) ? Optional.of(NO_FORCE) : Optional.empty();
  }

  private boolean rewrites(RefChange change, Quarantine quarantine) {
    return !change.creates()
        && !repositories.isAncestor(quarantine, change.before(), change.after());
  }
}
