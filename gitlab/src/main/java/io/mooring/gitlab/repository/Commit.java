package io.mooring.gitlab.repository;

import com.google.protobuf.util.Timestamps;
import io.mooring.gitlab.http.ExternalUrl;
import io.mooring.gitlab.project.Project;
import io.mooring.wire.gitaly.CommitAuthor;
import io.mooring.wire.gitaly.GitCommit;
import java.time.Instant;
import java.util.List;

/** A commit as the API shows it. */
public record Commit(
    String id,
    String shortId,
    Instant createdAt,
    List<String> parentIds,
    String title,
    String message,
    String authorName,
    String authorEmail,
    Instant authoredDate,
    String committerName,
    String committerEmail,
    Instant committedDate,
    String webUrl) {

  private static final int SHORT = 8;

  /** The view of a commit. */
  public static Commit of(GitCommit commit, Project project, ExternalUrl external) {
    Instant committed = time(commit.getCommitter());
    return new Commit(
        commit.getId(),
        commit.getId().substring(0, Math.min(SHORT, commit.getId().length())),
        committed,
        commit.getParentIdsList(),
        commit.getSubject().toStringUtf8(),
        commit.getBody().toStringUtf8(),
        commit.getAuthor().getName().toStringUtf8(),
        commit.getAuthor().getEmail().toStringUtf8(),
        time(commit.getAuthor()),
        commit.getCommitter().getName().toStringUtf8(),
        commit.getCommitter().getEmail().toStringUtf8(),
        committed,
        external.of("/" + project.fullPath() + "/-/commit/" + commit.getId()));
  }

  private static Instant time(CommitAuthor author) {
    return Instant.ofEpochMilli(Timestamps.toMillis(author.getDate()));
  }
}
