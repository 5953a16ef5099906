package io.mooring.apply.manifest;

import java.util.Objects;

/**
 * One manifest file.
 *
 * @param path full path inside the repository, as it is shown to people
 * @param content the bytes; the caller leaves the array alone from here on
 */
@SuppressWarnings(
    "ArrayRecordComponent") // compared by identity only; a copy of 20 MiB buys nothing
public record Source(String path, byte[] content) {
  public Source {
    Objects.requireNonNull(path, "path");
    Objects.requireNonNull(content, "content");
  }
}
