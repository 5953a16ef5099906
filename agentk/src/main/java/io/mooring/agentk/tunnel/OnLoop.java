package io.mooring.agentk.tunnel;

import io.netty.channel.EventLoop;
import java.util.concurrent.Executor;

/** Runs on an event loop: at once when that is the calling thread, after a hand-over otherwise. */
// hot: the transport's thread is this loop, so that a message costs no hand-over; benchmark B1.
record OnLoop(EventLoop loop) implements Executor {
  @Override
  public void execute(Runnable task) {
    if (loop.inEventLoop()) {
      task.run();
    } else {
      loop.execute(task);
    }
  }
}
