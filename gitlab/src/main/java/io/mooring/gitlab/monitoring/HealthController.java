package io.mooring.gitlab.monitoring;

import io.grpc.StatusRuntimeException;
import io.mooring.gitlab.configuration.GitLabConfiguration;
import io.mooring.gitlab.gitaly.GitalyStorages;
import io.mooring.gitlab.http.ApiException;
import io.mooring.wire.gitaly.ReadinessCheckRequest;
import io.mooring.wire.gitaly.ServerServiceGrpc;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.web.util.matcher.IpAddressMatcher;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** GitLab's endpoints for probes and Prometheus, for the addresses that the operator names. */
@RestController
class HealthController {
  /** A probe that takes longer is as good as failed. */
  private static final long GITALY_SECONDS = 3;

  private final JdbcClient jdbc;
  private final GitalyStorages storages;
  private final PrometheusRegistry registry;
  private final List<IpAddressMatcher> allowed;
  private final PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.create();

  HealthController(
      JdbcClient jdbc,
      GitalyStorages storages,
      PrometheusRegistry registry,
      GitLabConfiguration configuration) {
    this.jdbc = jdbc;
    this.storages = storages;
    this.registry = registry;
    this.allowed =
        configuration.monitoring().allowedAddresses().stream().map(IpAddressMatcher::new).toList();
  }

  /** One thing that was looked at. */
  private record Check(String status, Map<String, String> labels, String message) {}

  @GetMapping(path = "/-/health", produces = MediaType.TEXT_PLAIN_VALUE)
  String health(HttpServletRequest request) {
    requireAllowed(request);
    return "GitLab OK";
  }

  @GetMapping("/-/liveness")
  Map<String, String> liveness(HttpServletRequest request) {
    requireAllowed(request);
    return Map.of("status", "ok");
  }

  @GetMapping("/-/readiness")
  ResponseEntity<Map<String, Object>> readiness(HttpServletRequest request) {
    requireAllowed(request);
    List<Check> database = List.of(database());
    List<Check> gitaly = storages.names().stream().sorted().map(this::gitaly).toList();
    var all = new ArrayList<>(database);
    all.addAll(gitaly);
    boolean ready = all.stream().allMatch(check -> check.status().equals("ok"));
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("status", ready ? "ok" : "failed");
    body.put("db_check", database);
    body.put("gitaly_check", gitaly);
    return ResponseEntity.status(ready ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE).body(body);
  }

  @GetMapping("/-/metrics")
  void metrics(HttpServletRequest request, HttpServletResponse response) throws IOException {
    requireAllowed(request);
    response.setContentType(writer.getContentType());
    writer.write(response.getOutputStream(), registry.scrape());
  }

  private Check database() {
    try {
      var _ = jdbc.sql("select 1").query(Integer.class).single();
      return new Check("ok", Map.of(), "");
    } catch (DataAccessException e) {
      return new Check("failed", Map.of(), "PostgreSQL does not answer");
    }
  }

  private Check gitaly(String storage) {
    Map<String, String> labels = Map.of("shard", storage);
    try {
      var _ =
          ServerServiceGrpc.newBlockingStub(storages.channel(storage))
              .withDeadlineAfter(GITALY_SECONDS, TimeUnit.SECONDS)
              .readinessCheck(ReadinessCheckRequest.getDefaultInstance());
      return new Check("ok", labels, "");
    } catch (StatusRuntimeException e) {
      return new Check("failed", labels, "Gitaly answers " + e.getStatus().getCode());
    }
  }

  /** The address of the connection itself: what a proxy says of another is not believed here. */
  private void requireAllowed(HttpServletRequest request) {
    if (allowed.stream().noneMatch(matcher -> matcher.matches(request.getRemoteAddr()))) {
      throw ApiException.notFound();
    }
  }
}
