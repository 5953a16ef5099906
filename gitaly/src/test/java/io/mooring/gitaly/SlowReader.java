package io.mooring.gitaly;

import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Takes answers one at a time, when a test wants the next one. Cancelling gives back what is on its
 * way.
 */
final class SlowReader<Q, T> implements ClientResponseObserver<Q, T> {
  private final BlockingQueue<Optional<T>> answers = new LinkedBlockingQueue<>();
  private @Nullable ClientCallStreamObserver<Q> call;

  @Override
  public void beforeStart(ClientCallStreamObserver<Q> started) {
    call = started;
    started.disableAutoRequestWithInitial(0);
  }

  /** The next answer; nothing at the end, however it came. */
  Optional<T> next() throws InterruptedException {
    call().request(1);
    Optional<T> answer = answers.poll(30, TimeUnit.SECONDS);
    if (answer == null) {
      throw new AssertionError("no answer in 30 s");
    }
    return answer;
  }

  void cancel() {
    call().cancel("enough", null);
  }

  private ClientCallStreamObserver<Q> call() {
    if (call == null) {
      throw new AssertionError("not started");
    }
    return call;
  }

  @Override
  public void onNext(T answer) {
    answers.add(Optional.of(answer));
  }

  @Override
  public void onError(Throwable failure) {
    answers.add(Optional.empty());
  }

  @Override
  public void onCompleted() {
    answers.add(Optional.empty());
  }
}
