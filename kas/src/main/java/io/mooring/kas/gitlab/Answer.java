package io.mooring.kas.gitlab;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * An answer of GitLab. It holds one of the few connections until it is closed.
 *
 * @param response head and body
 * @param release gives the connection back
 * @param released whether that has happened
 */
record Answer<T>(HttpResponse<T> response, Runnable release, AtomicBoolean released)
    implements AutoCloseable {

  Answer(HttpResponse<T> response, Runnable release) {
    this(response, release, new AtomicBoolean());
  }

  int status() {
    return response.statusCode();
  }

  /** First value of a header, or empty. */
  String header(String name) {
    return response.headers().firstValue(name).orElse("");
  }

  T body() {
    return response.body();
  }

  @Override
  public void close() {
    if (!released.compareAndSet(false, true)) {
      return;
    }
    release.run();
    if (response.body() instanceof InputStream unread) {
      try {
        unread.close();
      } catch (IOException e) {
        throw new UncheckedIOException("cannot close the body of an answer", e);
      }
    }
  }
}
