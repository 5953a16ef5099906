package io.mooring.gitlab.ci;

import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.identity.Caller;
import io.mooring.gitlab.identity.Callers;
import io.mooring.gitlab.identity.User;
import io.mooring.gitlab.identity.Users;
import io.mooring.gitlab.project.Project;
import io.mooring.gitlab.project.Projects;
import io.mooring.protocol.secret.Secret;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Finds the job that sent a request, by the token it brought. Thread-safe. */
@Component
class JobTokens {
  private static final String HEADER = "Job-Token";
  private static final String PARAMETER = "job_token";

  private final Jobs jobs;
  private final Projects projects;
  private final Users users;
  private final Callers callers;

  JobTokens(Jobs jobs, Projects projects, Users users, Callers callers) {
    this.jobs = jobs;
    this.projects = projects;
    this.users = users;
    this.callers = callers;
  }

  /** A job that runs, with everything it stands for. */
  record Running(Job job, Project project, User user, Secret token) {}

  /**
   * The job.
   *
   * @throws ApiException 404 for somebody who is known but no job, 401 for everybody else
   */
  Running require(HttpServletRequest request) {
    String token =
        Optional.ofNullable(request.getHeader(HEADER))
            .or(() -> Optional.ofNullable(request.getParameter(PARAMETER)))
            .or(() -> Callers.bearer(request))
            .or(() -> Optional.ofNullable(request.getHeader("Private-Token")))
            .orElse("");
    Job job = jobs.running(token).orElseThrow(() -> refusal(token));
    User user =
        job.userId()
            .flatMap(users::find)
            .filter(found -> !found.blocked())
            .orElseThrow(ApiException::unauthorized);
    Project project = projects.find(job.projectId()).orElseThrow(ApiException::unauthorized);
    return new Running(job, project, user, Secret.of(token));
  }

  private ApiException refusal(String token) {
    Caller.TokenBearer _ = callers.ofToken(token);
    return ApiException.notFound("Job");
  }
}
