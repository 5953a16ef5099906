package io.mooring.gitlab.ci;

import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.http.Parameters;
import io.mooring.gitlab.identity.Users;
import io.mooring.gitlab.kas.KubernetesProxyUrl;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import java.util.Set;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RestController;

/** What a job may ask and say of itself, with its own token. */
@RestController
class JobTokenController {
  private static final String SUCCESS = "success";
  private static final String FAILED = "failed";
  private static final String DEFAULT_REASON = "script_failure";
  private static final int MAX_REASON = 255;

  private final JobTokens tokens;
  private final Jobs jobs;
  private final Users users;
  private final AllowedAgents agents;
  private final KubernetesProxyUrl proxy;

  JobTokenController(
      JobTokens tokens, Jobs jobs, Users users, AllowedAgents agents, KubernetesProxyUrl proxy) {
    this.tokens = tokens;
    this.jobs = jobs;
    this.users = users;
    this.agents = agents;
    this.proxy = proxy;
  }

  @GetMapping("/api/v4/job")
  JobView job(HttpServletRequest request) {
    JobTokens.Running running = tokens.require(request);
    return JobView.of(running.job(), Optional.of(running.user()));
  }

  /** The file anew, as the agents' configurations are now. */
  @GetMapping("/api/v4/job/kubeconfig")
  ResponseEntity<String> kubeconfig(HttpServletRequest request) {
    JobTokens.Running running = tokens.require(request);
    return ResponseEntity.ok()
        .header(HttpHeaders.CONTENT_TYPE, "application/yaml")
        .header(HttpHeaders.CACHE_CONTROL, "no-store")
        .body(
            Kubeconfig.of(
                    proxy.value(), running.token(), agents.of(running.job(), running.project()))
                .text());
  }

  /** Ends the job, in the form in which GitLab's runner does. */
  @PutMapping("/api/v4/jobs/{id}")
  JobView end(@PathVariable long id, Parameters parameters) {
    String token = parameters.requiredText("token");
    String state = parameters.requiredWord("state", Set.of(SUCCESS, FAILED));
    Optional<String> reason = parameters.text("failure_reason");
    if (reason.filter(text -> text.length() > MAX_REASON).isPresent()) {
      parameters.refuse("failure_reason is invalid");
    }
    parameters.check();
    Job job =
        jobs.running(token)
            .filter(running -> running.id() == id)
            .orElseThrow(ApiException::forbidden);
    boolean failed = state.equals(FAILED);
    jobs.end(
        job.id(),
        failed ? Job.Status.FAILED : Job.Status.SUCCESS,
        failed ? reason.or(() -> Optional.of(DEFAULT_REASON)) : Optional.empty());
    Job ended = jobs.find(job.projectId(), id).orElseThrow(ApiException::forbidden);
    return JobView.of(ended, ended.userId().flatMap(users::find));
  }
}
