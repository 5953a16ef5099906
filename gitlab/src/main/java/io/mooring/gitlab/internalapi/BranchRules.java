package io.mooring.gitlab.internalapi;

import io.mooring.gitlab.gitaly.Quarantine;
import io.mooring.gitlab.gitaly.Repositories;
import io.mooring.gitlab.identity.User;
import io.mooring.gitlab.project.Access;
import io.mooring.gitlab.project.Project;
import io.mooring.gitlab.project.Projects;
import io.mooring.gitlab.project.Role;
import io.mooring.gitlab.project.Wildcard;
import io.mooring.gitlab.push.RefChange;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** What developers may not do to the default branch and to protected ones. Thread-safe. */
@Component
class BranchRules {
  private final Access access;
  private final Projects projects;
  private final Repositories repositories;

  BranchRules(Access access, Projects projects, Repositories repositories) {
    this.access = access;
    this.projects = projects;
    this.repositories = repositories;
  }

  /** What is said to the pusher when a change is not allowed; empty when all are. */
  Optional<String> refusal(
      Project project, Optional<User> user, List<RefChange> changes, Quarantine quarantine) {
    if (access.role(user, project).filter(role -> role.includes(Role.MAINTAINER)).isPresent()) {
      return Optional.empty();
    }
    List<String> patterns = projects.protectedBranches(project.id());
    for (RefChange change : changes) {
      Optional<String> branch = change.branch();
      if (branch.isPresent() && isProtected(project, patterns, branch.get())) {
        Optional<String> refusal = refusal(change, quarantine);
        if (refusal.isPresent()) {
          return refusal;
        }
      }
    }
    return Optional.empty();
  }

  private Optional<String> refusal(RefChange change, Quarantine quarantine) {
    if (change.deletes()) {
      return Optional.of(
          "You are not allowed to delete protected branches from this project. Only a project maintainer or owner can"
              + " delete a protected branch.");
    }
    if (!change.creates()
        && !repositories.isAncestor(quarantine, change.before(), change.after())) {
      return Optional.of(
          "You are not allowed to force push code to a protected branch on this project.");
    }
    return Optional.empty();
  }

  private static boolean isProtected(Project project, List<String> patterns, String branch) {
    return branch.equals(project.defaultBranch())
        || patterns.stream().anyMatch(pattern -> Wildcard.matches(pattern, branch));
  }
}
