package io.mooring.kas.notifications;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.mooring.kas.store.EventChannel;
import io.mooring.kas.store.StoreException;
import io.mooring.wire.event.GitPushEvent;
import io.mooring.wire.event.Project;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries push events to the listeners on all replicas. Listeners are called on the thread of the
 * store; no event is kept.
 */
public final class PushBus implements GitPushEvents {
  private static final Logger log = LoggerFactory.getLogger(PushBus.class);

  private final EventChannel channel;
  private final Map<String, Set<Listener>> listeners = new ConcurrentHashMap<>();

  /** One subscription; two with the same action are two. */
  private static final class Listener {
    private final Consumer<Project> onPush;

    Listener(Consumer<Project> onPush) {
      this.onPush = onPush;
    }
  }

  /** Listens on the channel from now on. */
  public PushBus(EventChannel channel) {
    this.channel = channel;
    channel.listen(this::receive);
  }

  @Override
  public Subscription subscribe(String projectPath, Runnable onPush) {
    return subscribe(Set.of(projectPath), project -> onPush.run());
  }

  @Override
  public Subscription subscribe(Set<String> projectPaths, Consumer<Project> onPush) {
    Set<String> paths = Set.copyOf(projectPaths);
    Listener listener = new Listener(onPush);
    paths.forEach(path -> add(path, listener));
    return () -> paths.forEach(path -> remove(path, listener));
  }

  private void add(String projectPath, Listener listener) {
    listeners.compute(
        projectPath,
        (path, others) -> {
          Set<Listener> all = others == null ? ConcurrentHashMap.newKeySet() : others;
          all.add(listener);
          return all;
        });
  }

  private void remove(String projectPath, Listener listener) {
    listeners.computeIfPresent(
        projectPath,
        (path, all) -> {
          all.remove(listener);
          return all.isEmpty() ? null : all;
        });
  }

  /**
   * Tells every replica, this one included.
   *
   * @throws StoreException when the others could not be told; the listeners here were
   */
  void publish(GitPushEvent event) throws StoreException {
    try {
      channel.publish(Any.pack(event).toByteString());
    } catch (StoreException e) {
      dispatch(event);
      throw e;
    }
  }

  private void receive(ByteString message) {
    try {
      Any any = Any.parseFrom(message);
      if (any.is(GitPushEvent.class)) {
        dispatch(any.unpack(GitPushEvent.class));
      } else {
        log.atWarn().addKeyValue("url", any.getTypeUrl()).log("Ignored an event of unknown type");
      }
    } catch (InvalidProtocolBufferException e) {
      log.atWarn().setCause(e).log("Ignored an unreadable event");
    }
  }

  private void dispatch(GitPushEvent event) {
    String path = event.getProject().getFullPath();
    log.atInfo().addKeyValue("project_id", path).log("Git push event received");
    Set<Listener> interested = listeners.get(path);
    if (interested != null) {
      interested.forEach(listener -> listener.onPush.accept(event.getProject()));
    }
  }
}
