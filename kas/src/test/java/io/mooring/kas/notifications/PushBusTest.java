package io.mooring.kas.notifications;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import io.mooring.kas.store.EventChannel;
import io.mooring.kas.store.MemoryStore;
import io.mooring.kas.store.StoreException;
import io.mooring.testkit.time.FakeClock;
import io.mooring.wire.entity.AgentMeta;
import io.mooring.wire.event.GitPushEvent;
import io.mooring.wire.event.Project;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class PushBusTest {
  private final MemoryStore store = new MemoryStore(new FakeClock());
  private final PushBus bus = new PushBus(store);
  private final AtomicInteger notices = new AtomicInteger();

  @Test
  void tellsThoseWhoWaitForTheProjectAndNobodyElse() throws Exception {
    bus.subscribe("group/project", notices::incrementAndGet);
    bus.subscribe("group/project", notices::incrementAndGet);
    bus.subscribe("group", () -> notices.addAndGet(100));
    bus.subscribe("Group/Project", () -> notices.addAndGet(100));

    bus.publish(push("group/project"));

    assertThat(notices).hasValue(2);
  }

  @Test
  void tellsNobodyAfterTheSubscriptionEnded() throws Exception {
    GitPushEvents.Subscription first = bus.subscribe("group/project", notices::incrementAndGet);
    GitPushEvents.Subscription second = bus.subscribe("group/project", notices::incrementAndGet);
    first.close();
    first.close();

    bus.publish(push("group/project"));
    second.close();
    bus.publish(push("group/project"));

    assertThat(notices).hasValue(1);
  }

  @Test
  @Tag("wire-60")
  void speaksAsTheOriginalDoes() throws Exception {
    List<ByteString> sent = new ArrayList<>();
    store.listen(sent::add);

    bus.publish(push("group/project"));

    Any message = Any.parseFrom(sent.getFirst());
    assertThat(message.getTypeUrl())
        .isEqualTo("type.googleapis.com/gitlab.agent.event.GitPushEvent");
    assertThat(message.unpack(GitPushEvent.class)).isEqualTo(push("group/project"));
  }

  @Test
  @Tag("wire-60")
  @Tag("fault-58")
  void ignoresWhatItDoesNotUnderstand() {
    bus.subscribe("group/project", notices::incrementAndGet);

    store.publish(ByteString.copyFrom(new byte[] {-1, -1, -1}));
    store.publish(Any.pack(AgentMeta.getDefaultInstance()).toByteString());
    store.publish(Any.pack(push("group/project")).toByteString());

    assertThat(notices).hasValue(1);
  }

  @Test
  @Tag("fault-58")
  void passesOnRepeatedAndUnknownPushesWithoutHarm() throws Exception {
    bus.subscribe("group/project", notices::incrementAndGet);

    for (int i = 0; i < 1000; i++) {
      bus.publish(push("group/project"));
      bus.publish(push("unknown/" + i));
    }

    assertThat(notices).hasValue(1000);
  }

  @Test
  @Tag("fault-41")
  void tellsItsOwnListenersEvenWhenTheOthersCannotBeTold() {
    PushBus alone = new PushBus(new BrokenChannel());
    alone.subscribe("group/project", notices::incrementAndGet);

    assertThatThrownBy(() -> alone.publish(push("group/project")))
        .isInstanceOf(StoreException.class);

    assertThat(notices).hasValue(1);
  }

  private static GitPushEvent push(String path) {
    return GitPushEvent.newBuilder()
        .setProject(Project.newBuilder().setId(7).setFullPath(path))
        .build();
  }

  private static final class BrokenChannel implements EventChannel {
    @Override
    public void publish(ByteString message) throws StoreException {
      throw new StoreException("gone");
    }

    @Override
    public void listen(Consumer<ByteString> listener) {}
  }
}
