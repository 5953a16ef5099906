package io.mooring.kas.events;

import com.google.protobuf.util.Timestamps;
import io.grpc.StatusException;
import io.mooring.kas.gitlab.AgentReports;
import io.mooring.kas.gitlab.GitLabException;
import io.mooring.kas.tracker.PresenceListener;
import io.mooring.wire.agentevents.rpc.AgentConnected;
import io.mooring.wire.agentevents.rpc.AgentDisconnected;
import io.mooring.wire.agentevents.rpc.AgentLost;
import io.mooring.wire.agentevents.rpc.Event;
import io.mooring.wire.agenttracker.ConnectedAgentInfo;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells GitLab at once when agents come and go, so that pages change by themselves. One virtual
 * thread sends one report after another. Pages ask kas who is connected, so a report that is lost
 * makes them late and not wrong: none is sent twice, and of more than wait here the rest is
 * dropped.
 */
public final class PresenceReports implements PresenceListener, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PresenceReports.class);

  /** A crowd that returns at once is seen by the next look of a page. */
  private static final int MAX_WAITING = 1000;

  private static final int ID_BYTES = 16;

  private final AgentReports reports;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final BlockingQueue<Waiting> queue = new ArrayBlockingQueue<>(MAX_WAITING);
  private final Thread sender;

  private record Waiting(long agentId, Event event) {}

  /** Begins to send. */
  public PresenceReports(AgentReports reports, InstantSource clock, RandomGenerator random) {
    this.reports = reports;
    this.clock = clock;
    this.random = random;
    this.sender = Thread.ofVirtual().name("presence-reports").start(this::send);
  }

  @Override
  public void connected(ConnectedAgentInfo info) {
    add(
        info,
        event()
            .setAgentConnected(
                AgentConnected.newBuilder()
                    .setVersion(info.getAgentMeta().getVersion())
                    .setPodNamespace(info.getAgentMeta().getPodNamespace())
                    .setPodName(info.getAgentMeta().getPodName())));
  }

  @Override
  public void disconnected(ConnectedAgentInfo info) {
    add(info, event().setAgentDisconnected(AgentDisconnected.getDefaultInstance()));
  }

  @Override
  public void lost(ConnectedAgentInfo info) {
    add(info, event().setAgentLost(AgentLost.getDefaultInstance()));
  }

  private Event.Builder event() {
    byte[] id = new byte[ID_BYTES];
    random.nextBytes(id);
    return Event.newBuilder()
        .setId(HexFormat.of().formatHex(id))
        .setTime(Timestamps.fromMillis(clock.millis()));
  }

  private void add(ConnectedAgentInfo info, Event.Builder event) {
    if (!queue.offer(new Waiting(info.getAgentId(), event.build()))) {
      log.atDebug().addKeyValue("agent_id", info.getAgentId()).log("Dropped a report of presence");
    }
  }

  private void send() {
    try {
      while (true) {
        Waiting next = queue.take();
        try {
          reports.report(next.agentId(), List.of(next.event()));
        } catch (GitLabException | StatusException e) {
          log.atDebug()
              .setCause(e)
              .addKeyValue("agent_id", next.agentId())
              .log("GitLab did not take a report of presence");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    sender.interrupt();
  }
}
