package io.mooring.kas.kubernetesapi;

import io.mooring.kas.access.Credential;
import io.mooring.kas.access.Granted;
import io.mooring.kas.access.KubernetesRequest;
import io.mooring.kas.audit.AuditRecord;
import io.mooring.kas.usage.UsageCounters;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What is written down of one request: for audit, usage figures and metrics. Belongs to the event
 * loop of its connection; only {@link #stalledSince} is read by others.
 */
final class Ledger {
  /** Audit cuts it again; this keeps a long one from being held. */
  private static final int MAX_USER_AGENT = 256;

  private static final long FLOWING = 0;

  private final String requestId;
  private final Instant time;
  private final long began = System.nanoTime();
  private final String clientAddress;
  private final String userAgent;
  private final KubernetesRequest request;
  private final boolean watch;
  private @Nullable Credential credential;
  private @Nullable Granted granted;
  private @Nullable String refusal;
  private boolean upgraded;
  private int repetitions;
  private long bytesIn;
  private volatile long stalledSince = FLOWING;

  Ledger(
      String requestId,
      Instant time,
      RequestHead head,
      KubernetesRequest request,
      String clientAddress) {
    this.requestId = requestId;
    this.time = time;
    this.clientAddress = clientAddress;
    String agent = head.first("User-Agent");
    this.userAgent = agent.substring(0, Math.min(agent.length(), MAX_USER_AGENT));
    this.request = request;
    this.watch =
        request.verb().equals("watch")
            || (request.subresource().equals("log") && isTrue(head.query("follow")));
  }

  String requestId() {
    return requestId;
  }

  private static boolean isTrue(List<String> values) {
    return !values.isEmpty()
        && !values.getFirst().equals("false")
        && !values.getFirst().equals("0");
  }

  KubernetesRequest request() {
    return request;
  }

  void presents(Credential presented) {
    credential = presented;
  }

  void isGranted(Granted access) {
    granted = access;
  }

  void isUpgraded() {
    upgraded = true;
  }

  /** Keeps the first reason. */
  void refused(String reason) {
    if (refusal == null) {
      refusal = reason;
    }
  }

  void received(int bytes) {
    bytesIn += bytes;
  }

  void repeated() {
    repetitions++;
  }

  /** Usage figures of an authorized request (kubernetes-api.md 9). */
  void counts(UsageCounters usage, Granted access) {
    String kind =
        switch (access.caller().kind()) {
          case CI_JOB -> "ci";
          case PERSONAL_ACCESS_TOKEN -> "pat";
          case SESSION_COOKIE -> "user";
        };
    long user = access.caller().userId();
    usage.increment("k8s_api_proxy_requests_via_" + kind + "_access");
    usage.addUnique("k8s_api_proxy_requests_unique_users_via_" + kind + "_access", user);
    usage.addUnique(
        "k8s_api_proxy_requests_unique_agents_via_" + kind + "_access", access.agentId());
    usage.increment("k8s_api_proxy_request");
    usage.addUnique("agent_users_using_ci_tunnel", user);
  }

  void stalled() {
    stalledSince = System.nanoTime();
  }

  void flows() {
    stalledSince = FLOWING;
  }

  /** How long the client has taken nothing although there was something. */
  Duration stalledFor(long now) {
    long since = stalledSince;
    return since == FLOWING ? Duration.ZERO : Duration.ofNanos(Math.max(0, now - since));
  }

  Duration duration() {
    return Duration.ofNanos(System.nanoTime() - began);
  }

  /** Whether it goes on until somebody ends it: a watch, or a log that is followed. */
  boolean isWatch() {
    return watch;
  }

  int repetitions() {
    return repetitions;
  }

  long bytesIn() {
    return bytesIn;
  }

  /** How it went: {@code request}, {@code watch} or {@code upgrade}. */
  String kind() {
    return upgraded ? "upgrade" : watch ? "watch" : "request";
  }

  /**
   * The record for audit.
   *
   * @param status of the answer; 0 when there is none
   */
  AuditRecord record(int status, long bytesOut) {
    Optional<Granted> access = Optional.ofNullable(granted);
    Optional<Credential> presented = Optional.ofNullable(credential);
    return new AuditRecord(
        requestId,
        time,
        duration(),
        presented.map(each -> OptionalLong.of(each.agentId())).orElseGet(OptionalLong::empty),
        access.map(each -> OptionalLong.of(each.configProjectId())).orElseGet(OptionalLong::empty),
        presented.map(Credential::kind),
        access.map(Granted::caller),
        access.map(Granted::identity),
        request,
        status == 0 ? OptionalInt.empty() : OptionalInt.of(status),
        bytesIn,
        bytesOut,
        upgraded,
        Optional.ofNullable(refusal),
        clientAddress,
        userAgent);
  }
}
