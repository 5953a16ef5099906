package io.mooring.gitlab.repository;

import io.grpc.StatusRuntimeException;
import io.mooring.gitlab.gitaly.GitalyStatus;
import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.http.Parameters;
import io.mooring.gitlab.identity.Caller;
import io.mooring.gitlab.project.Access;
import io.mooring.gitlab.project.Project;
import io.mooring.wire.gitaly.GitCommit;
import io.mooring.wire.gitaly.TreeEntryResponse;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.Optional;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * One file under {@code /projects/:id/repository/files/:path}, where the path is one
 * percent-encoded segment.
 */
@RestController
@RequestMapping("/api/v4/projects/{id}/repository/files/{path}")
class FileController {
  /** A file that is sent as JSON is held in memory whole; larger ones can be had raw. */
  private static final long MAX_JSON_BYTES = 10L * 1024 * 1024;

  private static final int EXECUTABLE = 0100755;

  private final Access access;
  private final Trees trees;

  FileController(Access access, Trees trees) {
    this.access = access;
    this.trees = trees;
  }

  /** A file as the API shows it. */
  record FileView(
      String fileName,
      String filePath,
      long size,
      String encoding,
      String contentSha256,
      String ref,
      String blobId,
      String commitId,
      String lastCommitId,
      boolean executeFilemode,
      String content) {}

  private record Opened(
      String commitId, TreeEntryResponse first, Iterator<TreeEntryResponse> rest) {}

  @GetMapping
  FileView file(
      Caller caller, @PathVariable String id, @PathVariable String path, Parameters parameters) {
    Project project = access.repository(caller, id);
    String ref = parameters.text("ref").orElse(project.defaultBranch());
    parameters.check();
    Opened file = open(project, ref, path, MAX_JSON_BYTES);
    var content = new ByteArrayOutputStream();
    content.writeBytes(file.first().getData().toByteArray());
    file.rest().forEachRemaining(piece -> content.writeBytes(piece.getData().toByteArray()));
    String last =
        trees
            .lastCommit(project.repository(), file.commitId(), path)
            .map(GitCommit::getId)
            .orElse(file.commitId());
    return new FileView(
        path.substring(path.lastIndexOf('/') + 1),
        path,
        file.first().getSize(),
        "base64",
        sha256(content.toByteArray()),
        ref,
        file.first().getOid(),
        file.commitId(),
        last,
        file.first().getMode() == EXECUTABLE,
        Base64.getEncoder().encodeToString(content.toByteArray()));
  }

  /** The bytes themselves, in pieces as they come, and never as anything a browser would run. */
  @GetMapping("/raw")
  void raw(
      Caller caller,
      @PathVariable String id,
      @PathVariable String path,
      Parameters parameters,
      HttpServletResponse response)
      throws IOException {
    Project project = access.repository(caller, id);
    String ref = parameters.text("ref").orElse(project.defaultBranch());
    parameters.check();
    Opened file = open(project, ref, path, 0);
    response.setStatus(HttpStatus.OK.value());
    response.setContentType(MediaType.APPLICATION_OCTET_STREAM_VALUE);
    response.setHeader("Content-Disposition", "attachment");
    response.setHeader("X-Gitlab-Blob-Id", file.first().getOid());
    response.setHeader("X-Gitlab-Commit-Id", file.commitId());
    response.setContentLengthLong(file.first().getSize());
    var out = response.getOutputStream();
    file.first().getData().writeTo(out);
    while (file.rest().hasNext()) {
      file.rest().next().getData().writeTo(out);
    }
  }

  private Opened open(Project project, String ref, String path, long maxSize) {
    String commitId =
        trees
            .commit(project.repository(), ref)
            .map(GitCommit::getId)
            .orElseThrow(() -> ApiException.notFound("Commit"));
    Optional<TreeEntryResponse> first;
    Iterator<TreeEntryResponse> pieces = trees.file(project.repository(), commitId, path, maxSize);
    try {
      first = pieces.hasNext() ? Optional.of(pieces.next()) : Optional.empty();
    } catch (StatusRuntimeException e) {
      if (GitalyStatus.isMissing(e)) {
        throw ApiException.notFound("File");
      }
      if (e.getStatus().getCode() == io.grpc.Status.Code.FAILED_PRECONDITION) {
        throw ApiException.message(
            HttpStatus.CONTENT_TOO_LARGE, "413 Request Entity Too Large - use the raw file");
      }
      throw e;
    }
    return first
        .filter(entry -> entry.getType() == TreeEntryResponse.ObjectType.BLOB)
        .map(entry -> new Opened(commitId, entry, pieces))
        .orElseThrow(() -> ApiException.notFound("File"));
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
