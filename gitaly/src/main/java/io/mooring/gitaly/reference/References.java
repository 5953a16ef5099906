package io.mooring.gitaly.reference;

import io.mooring.gitaly.failure.GitalyFailure;
import io.mooring.gitaly.failure.GitalyFailure.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.lib.BatchRefUpdate;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.transport.ReceiveCommand;

/** The references of one repository. Used by one thread. */
public final class References {
  private final Repository repository;

  /** The references of this repository, which the caller closes. */
  public References(Repository repository) {
    this.repository = repository;
  }

  /** All branches by name. */
  public List<Ref> branches() throws IOException {
    return repository.getRefDatabase().getRefsByPrefix(Constants.R_HEADS);
  }

  /** The branch HEAD stands for, full name, whether it exists or not. */
  public Optional<String> headTarget() throws IOException {
    Ref head = repository.getRefDatabase().exactRef(Constants.HEAD);
    return head != null && head.isSymbolic()
        ? Optional.of(head.getTarget().getName())
        : Optional.empty();
  }

  /**
   * The branch a visitor sees first: that of HEAD if it exists, else main, else master, else the
   * first one; nothing in an empty repository (gitlab-side.md 8.7).
   */
  public Optional<String> defaultBranch() throws IOException {
    var candidates = new ArrayList<String>();
    headTarget().ifPresent(candidates::add);
    candidates.add(Constants.R_HEADS + "main");
    candidates.add(Constants.R_HEADS + "master");
    for (String candidate : candidates) {
      if (find(candidate).isPresent()) {
        return Optional.of(candidate);
      }
    }
    return branches().stream().findFirst().map(Ref::getName);
  }

  /** A reference by its full name; a broken or unborn one is not there. */
  public Optional<Ref> find(String name) throws IOException {
    return Optional.ofNullable(repository.getRefDatabase().exactRef(name))
        .filter(ref -> ref.getObjectId() != null);
  }

  /**
   * Makes HEAD stand for another branch, which need not exist.
   *
   * @param branch full name
   */
  public void pointHead(String branch) throws IOException {
    if (!branch.startsWith(Constants.R_HEADS) || !Repository.isValidRefName(branch)) {
      throw GitalyFailure.invalid(
          "invalid branch: \"" + branch + "\" (expected: refs/heads/<name>)");
    }
    RefUpdate.Result result = repository.updateRef(Constants.HEAD).link(branch);
    switch (result) {
      case NEW, FORCED, NO_CHANGE -> {}
      case LOCK_FAILURE ->
          throw new GitalyFailure(
              Kind.ABORTED, "HEAD is being changed by somebody else; try again");
      case NOT_ATTEMPTED,
          FAST_FORWARD,
          REJECTED,
          REJECTED_CURRENT_BRANCH,
          IO_FAILURE,
          RENAMED,
          REJECTED_MISSING_OBJECT,
          REJECTED_OTHER_REASON ->
          throw new GitalyFailure(Kind.INTERNAL, "HEAD was not changed: " + result);
    }
  }

  /**
   * Makes all changes or none.
   *
   * @throws GitalyFailure {@code ABORTED} when a reference is not where its change expects it
   */
  public void change(List<ReceiveCommand> commands) throws IOException {
    if (commands.isEmpty()) {
      return;
    }
    BatchRefUpdate batch = repository.getRefDatabase().newBatchUpdate();
    batch.setAtomic(true);
    batch.setAllowNonFastForwards(true);
    batch.addCommand(commands);
    try (RevWalk walk = new RevWalk(repository)) {
      batch.execute(walk, NullProgressMonitor.INSTANCE);
    }
    for (ReceiveCommand command : commands) {
      if (command.getResult() != ReceiveCommand.Result.OK
          && !ReceiveCommand.isTransactionAborted(command)) {
        throw failure(command);
      }
    }
  }

  /** A change of one reference; without an expectation it must be what it is now. */
  public ReceiveCommand command(String name, Optional<ObjectId> expected, ObjectId target)
      throws IOException {
    ObjectId now = find(name).map(Ref::getObjectId).orElse(ObjectId.zeroId());
    return new ReceiveCommand(expected.orElse(now), target, name);
  }

  private static GitalyFailure failure(ReceiveCommand command) {
    String name = "reference " + command.getRefName();
    return switch (command.getResult()) {
      case LOCK_FAILURE ->
          new GitalyFailure(
              Kind.ABORTED,
              name + " is not where it was expected, or somebody else changes it; try again");
      case REJECTED_MISSING_OBJECT ->
          GitalyFailure.precondition(
              name + ": object " + command.getNewId().name() + " does not exist");
      case OK,
          NOT_ATTEMPTED,
          REJECTED_NOCREATE,
          REJECTED_NODELETE,
          REJECTED_NONFASTFORWARD,
          REJECTED_CURRENT_BRANCH,
          REJECTED_OTHER_REASON ->
          GitalyFailure.precondition(name + " was not changed: " + command.getResult());
    };
  }
}
