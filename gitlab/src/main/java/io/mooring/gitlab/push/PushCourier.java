package io.mooring.gitlab.push;

import io.grpc.StatusRuntimeException;
import io.mooring.gitlab.kas.KasClient;
import io.mooring.gitlab.outbox.Courier;
import io.mooring.gitlab.outbox.RetryDelay;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Tells kas of changed projects, again and again until it answers (gitlab-side.md 7.1). */
@Component
class PushCourier extends Courier {
  private static final Logger log = LoggerFactory.getLogger(PushCourier.class);

  private final PushNotices notices;
  private final KasClient kas;
  private final RandomGenerator random;
  private final Counter attempts;

  PushCourier(
      PushNotices notices, KasClient kas, RandomGenerator random, PrometheusRegistry registry) {
    super("push-courier");
    this.notices = notices;
    this.kas = kas;
    this.random = random;
    this.attempts =
        Counter.builder()
            .name("gitlab_push_notices")
            .help("Attempts to tell kas of a changed project")
            .labelNames("outcome")
            .withoutExemplars()
            .register(registry);
    var _ =
        GaugeWithCallback.builder()
            .name("gitlab_push_notices_waiting")
            .help("Changed projects that kas has still to hear of")
            .callback(callback -> callback.call((double) notices.waiting()))
            .register(registry);
  }

  @Override
  protected boolean round() {
    if (!kas.isEnabled()) {
      return false;
    }
    List<PushNotices.Claimed> claimed = notices.claim();
    boolean reachable = true;
    for (PushNotices.Claimed notice : claimed) {
      // When kas is away, the rest of the batch need not wait for five seconds each.
      reachable = reachable && send(notice);
      if (!reachable) {
        notices.retry(notice, RetryDelay.after(notice.attempts(), random));
      }
    }
    return reachable && !claimed.isEmpty();
  }

  private boolean send(PushNotices.Claimed notice) {
    try {
      kas.gitPushEvent(notice.projectId(), notice.fullPath());
    } catch (StatusRuntimeException e) {
      attempts.labelValues("failed").inc();
      log.atWarn()
          .addKeyValue("project_id", notice.fullPath())
          .addKeyValue("attempts", notice.attempts())
          .setCause(e)
          .log("Git push event not delivered");
      return false;
    }
    attempts.labelValues("sent").inc();
    notices.sent(notice);
    log.atDebug().addKeyValue("project_id", notice.fullPath()).log("Git push event delivered");
    return true;
  }
}
