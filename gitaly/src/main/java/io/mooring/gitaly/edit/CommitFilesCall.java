package io.mooring.gitaly.edit;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import io.mooring.gitaly.failure.GitalyFailure;
import io.mooring.gitaly.failure.GitalyFailure.Kind;
import io.mooring.gitaly.hooks.Push;
import io.mooring.gitaly.hooks.PushHooks;
import io.mooring.gitaly.hooks.RefChange;
import io.mooring.gitaly.object.Revisions;
import io.mooring.gitaly.reference.References;
import io.mooring.gitaly.storage.Location;
import io.mooring.gitaly.storage.Quarantine;
import io.mooring.wire.gitaly.AccessCheckError;
import io.mooring.wire.gitaly.OperationBranchUpdate;
import io.mooring.wire.gitaly.User;
import io.mooring.wire.gitaly.UserCommitFilesError;
import io.mooring.wire.gitaly.UserCommitFilesRequestHeader;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.lib.CommitBuilder;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;

/**
 * One commit made without a clone: its objects wait in a quarantine until GitLab allowed it, like
 * those of a push.
 */
final class CommitFilesCall {
  private final Location location;
  private final UserCommitFilesRequestHeader header;
  private final PushHooks hooks;
  private final InstantSource clock;
  private final String branch;

  CommitFilesCall(
      Location location,
      UserCommitFilesRequestHeader header,
      PushHooks hooks,
      InstantSource clock) {
    this.location = location;
    this.header = header;
    this.hooks = hooks;
    this.clock = clock;
    branch = Constants.R_HEADS + header.getBranchName().toStringUtf8();
  }

  /** What needs no repository. */
  static void check(UserCommitFilesRequestHeader header) {
    if (!header.hasUser()) {
      throw GitalyFailure.invalid("empty User");
    }
    if (header.getBranchName().isEmpty()) {
      throw GitalyFailure.invalid("empty BranchName");
    }
    if (header.getCommitMessage().isEmpty()) {
      throw GitalyFailure.invalid("empty CommitMessage");
    }
    if (!header.getStartSha().isEmpty() && !ObjectId.isId(header.getStartSha())) {
      throw GitalyFailure.invalid("invalid object ID: \"" + header.getStartSha() + "\"");
    }
    if (!header.getExpectedOldOid().isEmpty() && !ObjectId.isId(header.getExpectedOldOid())) {
      throw GitalyFailure.invalid(
          "invalid expected old object ID: \"" + header.getExpectedOldOid() + "\"");
    }
    if (header.hasStartRepository()
        && !header
            .getStartRepository()
            .getRelativePath()
            .equals(header.getRepository().getRelativePath())) {
      throw new GitalyFailure(
          Kind.UNIMPLEMENTED, "a start in another repository is not supported; fetch it first");
    }
    if (!Repository.isValidRefName(Constants.R_HEADS + header.getBranchName().toStringUtf8())) {
      throw GitalyFailure.invalid(
          "invalid branch name: \"" + header.getBranchName().toStringUtf8() + "\"");
    }
  }

  OperationBranchUpdate run(List<FileAction> actions) throws IOException {
    try (Quarantine quarantine = Quarantine.open(location);
        RevWalk walk = new RevWalk(quarantine.repository())) {
      var references = new References(quarantine.repository());
      boolean empty = references.branches().isEmpty();
      Optional<ObjectId> tip = references.find(branch).map(Ref::getObjectId);
      checkExpected(tip);
      Optional<RevCommit> parent = parent(quarantine.repository(), walk, tip);
      ObjectId commit = commit(quarantine.repository(), parent, actions);
      if (tip.isPresent()
          && !header.getForce()
          && !walk.isMergedInto(walk.parseCommit(tip.get()), walk.parseCommit(commit))) {
        throw GitalyFailure.precondition(
            "branch " + branch + " would lose commits (expected: its tip as the start, or force)");
      }
      update(quarantine, references, new RefChange(branch, tip.orElse(ObjectId.zeroId()), commit));
      return OperationBranchUpdate.newBuilder()
          .setCommitId(commit.name())
          .setRepoCreated(empty)
          .setBranchCreated(tip.isEmpty())
          .build();
    }
  }

  private void checkExpected(Optional<ObjectId> tip) {
    String expected = header.getExpectedOldOid();
    if (!expected.isEmpty()
        && !tip.map(ObjectId::name).orElse(ObjectId.zeroId().name()).equals(expected)) {
      throw new GitalyFailure(
          Kind.ABORTED, "branch " + branch + " is not at " + expected + " any more; read it again");
    }
  }

  private Optional<RevCommit> parent(Repository repository, RevWalk walk, Optional<ObjectId> tip)
      throws IOException {
    if (!header.getStartSha().isEmpty()) {
      return Optional.of(found(repository, walk, header.getStartSha()));
    }
    if (tip.isPresent()) {
      return Optional.of(walk.parseCommit(tip.get()));
    }
    return header.getStartBranchName().isEmpty()
        ? Optional.empty()
        : Optional.of(
            found(
                repository,
                walk,
                Constants.R_HEADS + Revisions.checked(header.getStartBranchName())));
  }

  private static RevCommit found(Repository repository, RevWalk walk, String start)
      throws IOException {
    return Revisions.commit(repository, walk, start)
        .orElseThrow(
            () -> GitalyFailure.notFound("start of the commit not found: \"" + start + "\""));
  }

  private ObjectId commit(
      Repository repository, Optional<RevCommit> parent, List<FileAction> actions)
      throws IOException {
    try (ObjectReader reader = repository.newObjectReader();
        ObjectInserter inserter = repository.newObjectInserter()) {
      ObjectId tree = parent.isPresent() ? parent.get().getTree() : ObjectId.zeroId();
      var edit = new TreeEdit(reader, tree);
      var files = new FileActions(edit, inserter);
      for (FileAction action : actions) {
        files.apply(action);
      }
      var builder = new CommitBuilder();
      builder.setTreeId(edit.write(inserter));
      parent.ifPresent(builder::setParentId);
      PersonIdent committer = committer();
      builder.setCommitter(committer);
      builder.setAuthor(author(committer));
      builder.setMessage(header.getCommitMessage().toStringUtf8());
      ObjectId id = inserter.insert(builder);
      inserter.flush();
      return id;
    }
  }

  private PersonIdent committer() {
    User user = header.getUser();
    Instant time =
        header.hasTimestamp()
            ? Instant.ofEpochSecond(header.getTimestamp().getSeconds())
            : clock.instant();
    return new PersonIdent(
        text(user.getName()), text(user.getEmail()), time, zone(user.getTimezone()));
  }

  private PersonIdent author(PersonIdent committer) {
    String name =
        header.getCommitAuthorName().isEmpty()
            ? committer.getName()
            : text(header.getCommitAuthorName());
    String email =
        header.getCommitAuthorEmail().isEmpty()
            ? committer.getEmailAddress()
            : text(header.getCommitAuthorEmail());
    return new PersonIdent(name, email, committer.getWhenAsInstant(), committer.getZoneId());
  }

  private void update(Quarantine quarantine, References references, RefChange change)
      throws IOException {
    User user = header.getUser();
    var pusher =
        new Push.Pusher(
            user.getGlId(), user.getGlUsername(), header.getRepository().getGlRepository());
    var push =
        new Push(
            pusher,
            location.relativePath(),
            "web",
            Optional.of(quarantine.relativePath()),
            List.of(change),
            List.of());
    switch (hooks.ask(push)) {
      case PushHooks.Refused(String message) -> throw refused(message, change);
      case PushHooks.Allowed(var notice) -> {
        boolean done = false;
        try {
          quarantine.takeOver();
          references.change(
              List.of(
                  references.command(change.name(), Optional.of(change.before()), change.after())));
          done = true;
        } finally {
          List<String> _ = hooks.report(notice, done ? List.of(change) : List.of());
        }
      }
    }
  }

  private GitalyFailure refused(String message, RefChange change) {
    AccessCheckError error =
        AccessCheckError.newBuilder()
            .setErrorMessage(message)
            .setProtocol("web")
            .setUserId(header.getUser().getGlId())
            .setChanges(ByteString.copyFrom(change.line(), UTF_8))
            .build();
    return new GitalyFailure(Kind.PERMISSION_DENIED, message)
        .withDetail(UserCommitFilesError.newBuilder().setAccessCheck(error).build());
  }

  private static ZoneId zone(String name) {
    try {
      return name.isEmpty() ? ZoneOffset.UTC : ZoneId.of(name);
    } catch (DateTimeException e) {
      return ZoneOffset.UTC;
    }
  }

  /** Git's lines have no room for these. */
  private static String text(ByteString bytes) {
    return bytes.toStringUtf8().replaceAll("[<>\\r\\n\\x00]", "").strip();
  }
}
