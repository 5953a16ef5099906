package io.mooring.gitlab.repository;

import io.grpc.StatusRuntimeException;
import io.mooring.gitlab.gitaly.GitalyStatus;
import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.http.ExternalUrl;
import io.mooring.gitlab.http.Page;
import io.mooring.gitlab.http.Parameters;
import io.mooring.gitlab.identity.Caller;
import io.mooring.gitlab.project.Access;
import io.mooring.gitlab.project.Project;
import io.mooring.gitlab.project.ProtectedBranches;
import io.mooring.wire.gitaly.Branch;
import io.mooring.wire.gitaly.GitCommit;
import io.mooring.wire.gitaly.TreeEntry;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Branches, commits and directories under {@code /projects/:id/repository}. */
@RestController
@RequestMapping("/api/v4/projects/{id}/repository")
class RepositoryController {
  private final Access access;
  private final Trees trees;
  private final ProtectedBranches branches;
  private final ExternalUrl external;

  RepositoryController(
      Access access, Trees trees, ProtectedBranches branches, ExternalUrl external) {
    this.access = access;
    this.trees = trees;
    this.branches = branches;
    this.external = external;
  }

  /** A branch as the API shows it. */
  record BranchView(
      String name,
      Commit commit,
      @com.fasterxml.jackson.annotation.JsonProperty("default") boolean standard,
      @com.fasterxml.jackson.annotation.JsonProperty("protected") boolean guarded,
      boolean canPush,
      String webUrl) {}

  /** One row of a directory. */
  record EntryView(String id, String name, String type, String path, String mode) {}

  @GetMapping("/branches")
  ResponseEntity<List<BranchView>> branches(
      Caller caller, @PathVariable String id, Parameters parameters, HttpServletRequest request) {
    Project project = access.repository(caller, id);
    Page page = Page.of(parameters);
    boolean pushes = access.pushes(caller.user(), project);
    Predicate<String> guarded = branches.guard(project);
    List<Branch> all = trees.branches(project.repository());
    return page.answer(
        request, external, slice(all, page).map(branch -> view(branch, project, pushes, guarded)));
  }

  @GetMapping("/branches/{name}")
  BranchView branch(Caller caller, @PathVariable String id, @PathVariable String name) {
    Project project = access.repository(caller, id);
    return trees
        .branch(project.repository(), name)
        .map(branch ->
            view(branch, project, access.pushes(caller.user(), project), branches.guard(project)))
        .orElseThrow(() -> ApiException.notFound("Branch"));
  }

  @GetMapping("/commits")
  ResponseEntity<List<Commit>> commits(
      Caller caller, @PathVariable String id, Parameters parameters) {
    Project project = access.repository(caller, id);
    Optional<String> revision = parameters.text("ref_name");
    Page page = Page.of(parameters);
    Optional<GitCommit> tip =
        trees.commit(project.repository(), revision.orElse(project.defaultBranch()));
    if (tip.isEmpty()) {
      if (revision.isPresent()) {
        throw ApiException.notFound("Commit");
      }
      return ResponseEntity.ok(List.of()); // An empty repository.
    }
    int wanted = (int) Math.min(page.offset() + page.size() + 1, Trees.MAX_ENTRIES);
    List<GitCommit> history = trees.history(project.repository(), tip.get().getId(), wanted);
    Page.Slice<GitCommit> slice = slice(history, page);
    // Counting a history is expensive, so GitLab sends no total here either.
    return ResponseEntity.ok()
        .header("X-Page", Integer.toString(page.number()))
        .header("X-Per-Page", Integer.toString(page.size()))
        .header(
            "X-Next-Page",
            history.size() > page.offset() + page.size() ? Integer.toString(page.number() + 1) : "")
        .body(slice.items().stream().map(commit -> Commit.of(commit, project, external)).toList());
  }

  @GetMapping("/commits/{sha}")
  Commit commit(Caller caller, @PathVariable String id, @PathVariable String sha) {
    Project project = access.repository(caller, id);
    return trees
        .commit(project.repository(), sha)
        .map(commit -> Commit.of(commit, project, external))
        .orElseThrow(() -> ApiException.notFound("Commit"));
  }

  @GetMapping("/tree")
  ResponseEntity<List<EntryView>> tree(
      Caller caller, @PathVariable String id, Parameters parameters, HttpServletRequest request) {
    Project project = access.repository(caller, id);
    Optional<String> revision = parameters.text("ref");
    String path = parameters.text("path").orElse("");
    boolean recursive = parameters.flag("recursive").orElse(false);
    Page page = Page.of(parameters);
    String commitId =
        trees
            .commit(project.repository(), revision.orElse(project.defaultBranch()))
            .map(GitCommit::getId)
            .orElseThrow(() -> ApiException.notFound("Tree"));
    try {
      List<TreeEntry> entries = trees.directory(project.repository(), commitId, path, recursive);
      return page.answer(request, external, slice(entries, page).map(RepositoryController::view));
    } catch (StatusRuntimeException e) {
      if (GitalyStatus.isMissing(e)) {
        throw ApiException.notFound("invalid revision or path");
      }
      throw e;
    }
  }

  private static <T> Page.Slice<T> slice(List<T> all, Page page) {
    int from = (int) Math.min(page.offset(), all.size());
    int to = Math.min(from + page.size(), all.size());
    return new Page.Slice<>(all.subList(from, to), all.size());
  }

  private BranchView view(
      Branch branch, Project project, boolean pushes, Predicate<String> guarded) {
    String name = branch.getName().toStringUtf8().replaceFirst("^refs/heads/", "");
    return new BranchView(
        name,
        Commit.of(branch.getTargetCommit(), project, external),
        name.equals(project.defaultBranch()),
        guarded.test(name),
        pushes,
        external.of("/" + project.fullPath() + "/-/tree/" + name));
  }

  private static EntryView view(TreeEntry entry) {
    String path = entry.getPath().toStringUtf8();
    return new EntryView(
        entry.getOid(),
        path.substring(path.lastIndexOf('/') + 1),
        entry.getType().name().toLowerCase(Locale.ROOT),
        path,
        String.format(Locale.ROOT, "%06o", entry.getMode()));
  }
}
