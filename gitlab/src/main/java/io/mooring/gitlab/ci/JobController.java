package io.mooring.gitlab.ci;

import io.mooring.gitlab.audit.AuditEvent;
import io.mooring.gitlab.audit.AuditEvent.Entity;
import io.mooring.gitlab.audit.AuditEvent.Target;
import io.mooring.gitlab.audit.AuditEvents;
import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.http.ExternalUrl;
import io.mooring.gitlab.http.Page;
import io.mooring.gitlab.http.Parameters;
import io.mooring.gitlab.identity.Caller;
import io.mooring.gitlab.identity.User;
import io.mooring.gitlab.identity.Users;
import io.mooring.gitlab.kas.KubernetesProxyUrl;
import io.mooring.gitlab.project.Access;
import io.mooring.gitlab.project.Project;
import io.mooring.gitlab.project.Projects;
import io.mooring.gitlab.project.Role;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code jobs} of a project. GitLab has no way to start one from outside; here an external CI does,
 * as a maintainer or with a trigger token.
 */
@RestController
@RequestMapping("/api/v4/projects/{id}/jobs")
class JobController {
  private static final Duration SHORTEST = Duration.ofMinutes(1);

  /** GitLab's default. */
  private static final Duration DEFAULT = Duration.ofHours(1);

  /** A token that lives longer is a password. */
  private static final Duration LONGEST = Duration.ofHours(24);

  private static final int MAX_NAME = 255;

  private final Access access;
  private final Projects projects;
  private final Users users;
  private final JobStart start;
  private final Jobs jobs;
  private final Triggers triggers;
  private final AllowedAgents agents;
  private final KubernetesProxyUrl proxy;
  private final AuditEvents audit;
  private final ExternalUrl external;

  JobController(
      Access access,
      Projects projects,
      Users users,
      JobStart start,
      Jobs jobs,
      Triggers triggers,
      AllowedAgents agents,
      KubernetesProxyUrl proxy,
      AuditEvents audit,
      ExternalUrl external) {
    this.access = access;
    this.projects = projects;
    this.users = users;
    this.start = start;
    this.jobs = jobs;
    this.triggers = triggers;
    this.agents = agents;
    this.proxy = proxy;
    this.audit = audit;
    this.external = external;
  }

  @GetMapping
  ResponseEntity<List<JobView>> list(
      Caller caller, @PathVariable String id, Parameters parameters, HttpServletRequest request) {
    Project project = access.project(caller, id, Role.REPORTER);
    Set<Job.Status> statuses = EnumSet.noneOf(Job.Status.class);
    for (String text : parameters.texts("scope")) {
      Job.Status.named(text)
          .ifPresentOrElse(
              statuses::add, () -> parameters.refuse("scope does not have a valid value"));
    }
    Page page = Page.of(parameters);
    return page.answer(
        request,
        external,
        jobs.list(project.id(), statuses, page).map(job -> JobView.of(job, userOf(job))));
  }

  @GetMapping("/{jobId}")
  JobView get(Caller caller, @PathVariable String id, @PathVariable long jobId) {
    Job job = require(access.project(caller, id, Role.REPORTER), jobId);
    return JobView.of(job, userOf(job));
  }

  @PostMapping
  @ResponseStatus(HttpStatus.CREATED)
  JobView create(Caller caller, @PathVariable String id, Parameters parameters) {
    Optional<String> token = parameters.text("token");
    Optional<Triggers.Trigger> trigger = token.map(text -> trigger(id, text));
    Project project =
        trigger
            .flatMap(found -> projects.find(found.projectId()))
            .orElseGet(() -> access.project(caller, id, Role.MAINTAINER));
    User author =
        trigger
            .map(found ->
                users
                    .find(found.ownerId())
                    .filter(owner -> !owner.blocked())
                    .orElseThrow(ApiException::notFound))
            .orElseGet(caller::requireUser);
    Optional<Long> userId = parameters.number("user_id");
    if (trigger.isPresent() && userId.filter(wanted -> wanted != author.id()).isPresent()) {
      parameters.refuse("user_id is not taken with a trigger token");
    }
    String ref = parameters.requiredText("ref");
    String name = parameters.text("name").orElse("job");
    if (name.isBlank() || name.length() > MAX_NAME) {
      parameters.refuse("name is invalid");
    }
    Optional<Environment.Wanted> environment = environment(parameters);
    Duration timeout = timeout(parameters);
    parameters.check();
    User user =
        userId
            .filter(wanted -> wanted != author.id())
            .map(wanted -> users.find(wanted).orElseThrow(() -> ApiException.notFound("User")))
            .orElse(author);
    Jobs.Started started =
        start.start(new JobStart.Wanted(project, author, user, name, ref, environment, timeout));
    return JobView.of(
        started.job(),
        Optional.of(user),
        Optional.of(started.token()),
        Optional.of(
            Kubeconfig.of(proxy.value(), started.token(), agents.of(started.job(), project))));
  }

  @PostMapping("/{jobId}/cancel")
  @ResponseStatus(HttpStatus.CREATED)
  JobView cancel(Caller caller, @PathVariable String id, @PathVariable long jobId) {
    Project project = access.project(caller, id, Role.DEVELOPER);
    Job job = require(project, jobId);
    if (jobs.end(job.id(), Job.Status.CANCELED, Optional.empty())) {
      audit.record(
          new AuditEvent(
              "ci_job_canceled",
              caller.requireUser().author(),
              Entity.project(project.id(), project.fullPath()),
              new Target("Ci::Build", job.id(), job.name())));
    }
    Job after = require(project, jobId);
    return JobView.of(after, userOf(after));
  }

  /** A token for another project is as unknown as one that nobody has. */
  private Triggers.Trigger trigger(String project, String token) {
    Optional<Long> id = projects.named(project).map(Project::id);
    return triggers
        .find(token)
        .filter(found -> id.filter(known -> known == found.projectId()).isPresent())
        .orElseThrow(ApiException::notFound);
  }

  private static Duration timeout(Parameters parameters) {
    long seconds = parameters.number("timeout").orElse(DEFAULT.toSeconds());
    if (seconds < SHORTEST.toSeconds() || seconds > LONGEST.toSeconds()) {
      parameters.refuse(
          "timeout does not have a valid value (expected: "
              + SHORTEST.toSeconds()
              + "-"
              + LONGEST.toSeconds()
              + " seconds)");
      return DEFAULT;
    }
    return Duration.ofSeconds(seconds);
  }

  /** Either a name, or an object with name, slug and tier. */
  private static Optional<Environment.Wanted> environment(Parameters parameters) {
    Optional<JsonNode> node = parameters.node("environment");
    if (node.isEmpty()) {
      return Optional.empty();
    }
    Optional<String> name =
        Optional.of(node.get()).filter(JsonNode::isString).map(JsonNode::asString);
    Optional<String> slug = Optional.empty();
    Optional<String> tier = Optional.empty();
    if (node.get() instanceof ObjectNode object) {
      Parameters inner = Parameters.of(object);
      name = inner.text("name");
      slug = inner.text("slug");
      tier = inner.word("tier", Environment.Tier.names());
      inner.problems().forEach(problem -> parameters.refuse("environment[" + problem + "]"));
    }
    if (name.filter(Environment::isName).isEmpty()) {
      parameters.refuse(
          "environment[name] is invalid (expected: letters, digits, spaces and -_/${}. , at most 255)");
    }
    if (slug.filter(text -> !Environment.isSlug(text)).isPresent()) {
      parameters.refuse(
          "environment[slug] is invalid (expected: small letters, digits and dashes, at most 24)");
    }
    return Optional.of(
        new Environment.Wanted(name.orElse(""), slug, tier.map(Environment.Tier::named)));
  }

  private Job require(Project project, long jobId) {
    return jobs.find(project.id(), jobId).orElseThrow(ApiException::recordNotFound);
  }

  private Optional<User> userOf(Job job) {
    return job.userId().flatMap(users::find);
  }
}
