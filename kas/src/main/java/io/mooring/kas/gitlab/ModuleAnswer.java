package io.mooring.kas.gitlab;

import io.mooring.protocol.http.Headers;
import java.io.InputStream;

/**
 * GitLab's answer to a {@link ModuleRequest}, with any status. Holds a connection until it is
 * closed.
 */
public final class ModuleAnswer implements AutoCloseable {
  private final Answer<InputStream> answer;

  ModuleAnswer(Answer<InputStream> answer) {
    this.answer = answer;
  }

  /** HTTP status code. */
  public int status() {
    return answer.status();
  }

  /** Headers without those of the connection to GitLab. */
  public Headers headers() {
    Headers.Builder headers = Headers.builder();
    answer
        .response()
        .headers()
        .map()
        .forEach((name, values) -> {
          if (!name.startsWith(":")) {
            values.forEach(value -> headers.add(name, value));
          }
        });
    return headers.build().cleaned();
  }

  /** Ends a read that another thread waits in; the answer is of no use any more. */
  public void abort() {
    answer.close();
  }

  /** The body as it arrives. */
  public InputStream body() {
    return answer.body();
  }

  @Override
  public void close() {
    answer.close();
  }
}
