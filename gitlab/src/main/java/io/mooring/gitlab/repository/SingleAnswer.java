package io.mooring.gitlab.repository;

import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;

/** Completes a future with the one answer of a call, or with its failure. */
record SingleAnswer<T>(CompletableFuture<T> answer) implements StreamObserver<T> {
  @Override
  public void onNext(T value) {
    answer.complete(value);
  }

  @Override
  public void onError(Throwable failure) {
    answer.completeExceptionally(failure);
  }

  @Override
  public void onCompleted() {
    // The value came before.
  }
}
