package io.mooring.gitlab.cable;

import jakarta.websocket.RemoteEndpoint;
import jakarta.websocket.SendResult;
import java.net.SocketTimeoutException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Sends frames one after the other without waiting for the client, and gives a client up that does
 * not take them. Thread-safe; one lock, never held while something is sent.
 */
final class Outlet {
  /** Frames that wait for one client: minutes of pings, or a burst of messages. */
  static final int MAX_FRAMES = 1000;

  /** Their characters: what ten thousand stuck clients hold stays a part of the heap. */
  static final int MAX_CHARACTERS = 512 * 1024;

  private final RemoteEndpoint.Async remote;
  private final Line line;
  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<String> waiting = new ArrayDeque<>();
  private int characters;
  private boolean sending;
  private boolean ended;
  private boolean last;

  /** The connection under it. Must not block. */
  interface Line {
    /** The last frame was sent. */
    void hangUp();

    /** The client does not take what is sent. */
    void giveUp();
  }

  Outlet(RemoteEndpoint.Async remote, Line line) {
    this.remote = remote;
    this.line = line;
  }

  /** Sends a frame after those before it; nothing is sent after {@link #end}. */
  void send(String frame) {
    enqueue(frame, false);
  }

  /** Sends a last frame and hangs up. */
  void end(String frame) {
    enqueue(frame, true);
  }

  /** Sends nothing any more: the connection is gone. */
  void close() {
    lock.lock();
    try {
      ended = true;
      waiting.clear();
    } finally {
      lock.unlock();
    }
  }

  private void enqueue(String frame, boolean isLast) {
    boolean tooSlow;
    lock.lock();
    try {
      if (ended) {
        return;
      }
      tooSlow = waiting.size() >= MAX_FRAMES || characters + (long) frame.length() > MAX_CHARACTERS;
      if (tooSlow) {
        ended = true;
        waiting.clear();
      } else {
        waiting.add(frame);
        characters += frame.length();
        ended = isLast;
        last = isLast;
        if (sending) {
          return;
        }
        sending = true;
      }
    } finally {
      lock.unlock();
    }
    if (tooSlow) {
      line.giveUp();
    } else {
      drain();
    }
  }

  /** Sends until there is nothing left or the client has to be waited for. */
  private void drain() {
    Optional<String> frame = next();
    while (frame.isPresent()) {
      // Whoever comes second goes on: this thread or the one that hears of the end.
      var passed = new AtomicBoolean();
      try {
        remote.sendText(frame.get(), result -> sent(result, passed));
      } catch (IllegalStateException e) {
        // Closed in the meantime.
        close();
        return;
      }
      if (passed.compareAndSet(false, true)) {
        return;
      }
      frame = next();
    }
  }

  private void sent(SendResult result, AtomicBoolean passed) {
    if (!result.isOK()) {
      close();
      if (result.getException() instanceof SocketTimeoutException) {
        line.giveUp();
      }
    }
    if (!passed.compareAndSet(false, true)) {
      drain();
    }
  }

  private Optional<String> next() {
    boolean done;
    lock.lock();
    try {
      String frame = waiting.poll();
      if (frame != null) {
        characters -= frame.length();
        return Optional.of(frame);
      }
      sending = false;
      done = last;
      last = false;
    } finally {
      lock.unlock();
    }
    if (done) {
      line.hangUp();
    }
    return Optional.empty();
  }
}
