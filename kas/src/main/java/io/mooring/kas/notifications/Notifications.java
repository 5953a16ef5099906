package io.mooring.kas.notifications;

import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.StreamObserver;
import io.mooring.kas.rpc.Calls;
import io.mooring.kas.rpc.Feature;
import io.mooring.kas.store.StoreException;
import io.mooring.wire.event.GitPushEvent;
import io.mooring.wire.notifications.rpc.GitPushEventRequest;
import io.mooring.wire.notifications.rpc.GitPushEventResponse;
import io.mooring.wire.notifications.rpc.NotificationsGrpc;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code GitPushEvent}: GitLab tells of a push (wire.md 6.9). */
public final class Notifications extends NotificationsGrpc.NotificationsImplBase
    implements Feature {
  private static final Logger log = LoggerFactory.getLogger(Notifications.class);

  private final PushBus bus;

  /** Over one bus. */
  public Notifications(PushBus bus) {
    this.bus = bus;
  }

  @Override
  public List<ServerServiceDefinition> apiServices() {
    return List.of(bindService());
  }

  @Override
  public void gitPushEvent(
      GitPushEventRequest request, StreamObserver<GitPushEventResponse> response) {
    Calls.answer(response, () -> publish(request.getEvent()));
  }

  private GitPushEventResponse publish(GitPushEvent event) throws StatusException {
    try {
      bus.publish(event);
      return GitPushEventResponse.getDefaultInstance();
    } catch (StoreException e) {
      log.atError()
          .setCause(e)
          .addKeyValue("project_id", event.getProject().getFullPath())
          .log("Other replicas were not told of a push");
      throw Status.UNAVAILABLE
          .withDescription("failed to publish received git push event")
          .withCause(e)
          .asException();
    }
  }
}
