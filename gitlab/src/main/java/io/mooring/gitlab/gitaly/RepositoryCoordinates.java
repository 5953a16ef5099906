package io.mooring.gitlab.gitaly;

import io.mooring.wire.gitaly.Repository;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Where a Git server finds a repository (gitlab-side.md 7.2).
 *
 * @param storageName name of the Git server
 * @param relativePath path below the server's root, made of a digest so that renaming moves nothing
 * @param glRepository {@code project-<id>}
 * @param glProjectPath full path of the project
 */
public record RepositoryCoordinates(
    String storageName, String relativePath, String glRepository, String glProjectPath) {
  private static final String PREFIX = "project-";

  /** The coordinates of a project. */
  public static RepositoryCoordinates ofProject(long id, String fullPath, String storageName) {
    String hash = sha256(Long.toString(id));
    return new RepositoryCoordinates(
        storageName,
        "@hashed/" + hash.substring(0, 2) + "/" + hash.substring(2, 4) + "/" + hash + ".git",
        PREFIX + id,
        fullPath);
  }

  /** The project id in a {@code gl_repository}; 0 for anything else. */
  public static long projectId(String glRepository) {
    String digits = glRepository.startsWith(PREFIX) ? glRepository.substring(PREFIX.length()) : "";
    return digits.matches("[0-9]{1,18}") ? Long.parseLong(digits) : 0;
  }

  /** The same as Gitaly's message. */
  public Repository message() {
    return Repository.newBuilder()
        .setStorageName(storageName)
        .setRelativePath(relativePath)
        .setGlRepository(glRepository)
        .setGlProjectPath(glProjectPath)
        .build();
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256")
                  .digest(text.getBytes(StandardCharsets.US_ASCII)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
