package io.mooring.gitaly.object;

import com.google.protobuf.ByteString;
import io.mooring.gitaly.failure.GitalyFailure;
import java.io.IOException;
import java.util.Optional;
import org.eclipse.jgit.errors.AmbiguousObjectException;
import org.eclipse.jgit.errors.IncorrectObjectTypeException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.errors.RevisionSyntaxException;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevTree;
import org.eclipse.jgit.revwalk.RevWalk;

/** Revisions: what a caller may write, and what it names (gitlab-side.md 8.1, revision checks). */
public final class Revisions {
  /** Longer than any reference name that a file system can hold, with room for suffixes. */
  static final int MAX_LENGTH = 8192;

  private Revisions() {}

  /** The text of a revision that is given as bytes. */
  public static String checked(ByteString revision) {
    return checked(revision.toStringUtf8());
  }

  /**
   * The same text.
   *
   * @throws GitalyFailure when it can be no revision, or could be taken for something else
   */
  public static String checked(String revision) {
    if (revision.isEmpty()) {
      throw GitalyFailure.invalid("empty revision");
    }
    if (revision.charAt(0) == '-') {
      throw GitalyFailure.invalid("revision can't start with '-'");
    }
    if (revision.length() > MAX_LENGTH) {
      throw GitalyFailure.invalid("revision is longer than " + MAX_LENGTH + " characters");
    }
    for (int i = 0; i < revision.length(); i++) {
      char c = revision.charAt(i);
      if (c == 0) {
        throw GitalyFailure.invalid("revision can't contain NUL");
      }
      if (c == ':' || c == '\\') {
        throw GitalyFailure.invalid("revision can't contain '" + c + "'");
      }
      if (Character.isWhitespace(c)) {
        throw GitalyFailure.invalid("revision can't contain whitespace");
      }
    }
    return revision;
  }

  /** The object a revision names; it is there. */
  public static Optional<ObjectId> object(Repository repository, String revision)
      throws IOException {
    try {
      ObjectId id = repository.resolve(revision);
      return id != null && repository.getObjectDatabase().has(id)
          ? Optional.of(id)
          : Optional.empty();
    } catch (AmbiguousObjectException
        | IncorrectObjectTypeException
        | MissingObjectException
        | RevisionSyntaxException e) {
      return Optional.empty();
    } catch (IllegalArgumentException | StringIndexOutOfBoundsException e) {
      // JGit's parser gives up this way on some texts that Git would not take either, such as
      // "x@{".
      return Optional.empty();
    }
  }

  /** The commit a revision names, tags followed. */
  public static Optional<RevCommit> commit(Repository repository, RevWalk walk, String revision)
      throws IOException {
    Optional<ObjectId> id = object(repository, revision);
    if (id.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(walk.parseCommit(id.get()));
    } catch (IncorrectObjectTypeException | MissingObjectException e) {
      return Optional.empty();
    }
  }

  /** The tree a revision names: itself, or that of the commit or tag. */
  public static Optional<ObjectId> tree(Repository repository, String revision) throws IOException {
    Optional<ObjectId> id = object(repository, revision);
    if (id.isEmpty()) {
      return Optional.empty();
    }
    try (RevWalk walk = new RevWalk(repository)) {
      RevTree tree = walk.parseTree(id.get());
      return Optional.of(tree.copy());
    } catch (IncorrectObjectTypeException | MissingObjectException e) {
      return Optional.empty();
    }
  }
}
