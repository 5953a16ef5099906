package io.mooring.gitlab.githttp;

import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.identity.User;
import io.mooring.gitlab.project.Access;
import io.mooring.gitlab.project.Project;
import io.mooring.gitlab.project.ProjectLifecycle;
import io.mooring.gitlab.project.Projects;
import io.mooring.wire.gitaly.InfoRefsResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;

/**
 * git over HTTP at {@code /<full path>.git/...}. Full paths have any number of parts, so this takes
 * every address that nobody else wants, and those that are not git's do not exist.
 */
@Controller
class GitHttpController {
  private static final Logger log = LoggerFactory.getLogger(GitHttpController.class);
  private static final Pattern REFS = Pattern.compile("/(.+?)(\\.git)?/info/refs");
  private static final Pattern SERVICE =
      Pattern.compile("/(.+)\\.git/(git-upload-pack|git-receive-pack)");

  /** Longer than "version=2:object-format=sha256". */
  private static final int MAX_PROTOCOL = 200;

  private final Projects projects;
  private final Access access;
  private final ProjectLifecycle lifecycle;
  private final GitAuthentication authentication;
  private final GitServer server;

  GitHttpController(
      Projects projects,
      Access access,
      ProjectLifecycle lifecycle,
      GitAuthentication authentication,
      GitServer server) {
    this.projects = projects;
    this.access = access;
    this.lifecycle = lifecycle;
    this.authentication = authentication;
    this.server = server;
  }

  @GetMapping("/{*project}/info/refs")
  void refs(@PathVariable String project, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Matcher matcher = REFS.matcher(project + "/info/refs");
    if (!matcher.matches()) {
      throw ApiException.error(HttpStatus.NOT_FOUND, "404 Not Found");
    }
    GitService service =
        Optional.ofNullable(request.getParameter("service"))
            .flatMap(GitService::named)
            .orElseThrow(() ->
                GitRefusal.forbidden(
                    "Git access over the dumb HTTP protocol is not supported; update git."));
    if (matcher.group(2) == null) {
      response.setHeader(
          HttpHeaders.LOCATION,
          request.getRequestURI().replaceFirst("/info/refs$", ".git/info/refs")
              + "?service="
              + service.text());
      response.setStatus(HttpStatus.FOUND.value());
      return;
    }
    Optional<User> user = authentication.user(request, service);
    Project found = project(matcher.group(1), user, service);
    Iterator<InfoRefsResponse> refs = refs(found, service, protocol(request));
    response.setContentType("application/x-" + service.text() + "-advertisement");
    response.setHeader(HttpHeaders.CACHE_CONTROL, "no-cache");
    while (refs.hasNext()) {
      refs.next().getData().writeTo(response.getOutputStream());
    }
  }

  @PostMapping("/{*path}")
  void exchange(@PathVariable String path, HttpServletRequest request, HttpServletResponse response)
      throws IOException, InterruptedException {
    Matcher matcher = SERVICE.matcher(path);
    if (!matcher.matches()) {
      throw ApiException.error(HttpStatus.NOT_FOUND, "404 Not Found");
    }
    GitService service = GitService.named(matcher.group(2)).orElseThrow();
    String type = "application/x-" + service.text();
    if (!(type + "-request").equals(request.getContentType())) {
      throw new GitRefusal(
          HttpStatus.UNSUPPORTED_MEDIA_TYPE,
          "Content-Type " + request.getContentType() + " (expected: " + type + "-request)");
    }
    Optional<User> user = authentication.user(request, service);
    Project project = project(matcher.group(1), user, service);
    response.setContentType(type + "-result");
    response.setHeader(HttpHeaders.CACHE_CONTROL, "no-cache");
    try (InputStream in = body(request)) {
      var out = response.getOutputStream();
      switch (service) {
        case UPLOAD_PACK -> server.uploadPack(project, protocol(request), in, out);
        case RECEIVE_PACK ->
            server.receivePack(project, user.orElseThrow(), protocol(request), in, out);
      }
    } catch (StatusException e) {
      log.atError()
          .addKeyValue("project_id", project.fullPath())
          .setCause(e)
          .log("Git transfer failed");
      if (response.isCommitted()) {
        // The connection must break, or git would take what it has for the whole.
        throw new BrokenTransferException(e);
      }
      throw new GitRefusal(HttpStatus.SERVICE_UNAVAILABLE, "The Git server cannot be reached.");
    }
  }

  @ExceptionHandler
  void refused(GitRefusal e, HttpServletResponse response) throws IOException {
    response.setStatus(e.status().value());
    if (e.status() == HttpStatus.UNAUTHORIZED) {
      response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Basic realm=\"GitLab\"");
    }
    response.setContentType("text/plain; charset=utf-8");
    response.getOutputStream().write((e.text() + "\n").getBytes(StandardCharsets.UTF_8));
  }

  @ExceptionHandler
  void failed(StatusRuntimeException e, HttpServletResponse response) throws IOException {
    log.atError().setCause(e).log("Git transfer failed");
    if (response.isCommitted()) {
      throw new BrokenTransferException(e);
    }
    refused(
        new GitRefusal(HttpStatus.SERVICE_UNAVAILABLE, "The Git server cannot be reached."),
        response);
  }

  /**
   * A project that may be read, or pushed to. Who is unknown is asked for a name before being told
   * anything.
   */
  private Project project(String path, Optional<User> user, GitService service) {
    Optional<Project> project =
        projects
            .named(path)
            .filter(found -> found.fullPath().equalsIgnoreCase(path))
            .filter(found -> access.sees(user, found));
    if (user.isEmpty()
        && (service == GitService.RECEIVE_PACK
            || project.filter(found -> access.downloads(user, found)).isEmpty())) {
      throw GitRefusal.unauthenticated();
    }
    Project found = project.orElseThrow(GitRefusal::notFound);
    boolean permitted =
        switch (service) {
          case UPLOAD_PACK -> access.downloads(user, found);
          case RECEIVE_PACK -> access.pushes(user, found);
        };
    if (!permitted) {
      throw GitRefusal.forbidden(
          switch (service) {
            case UPLOAD_PACK -> "You are not allowed to download code from this project.";
            case RECEIVE_PACK -> "You are not allowed to push code to this project.";
          });
    }
    return found;
  }

  private Iterator<InfoRefsResponse> refs(Project project, GitService service, String protocol) {
    try {
      return server.refs(project, service, protocol);
    } catch (StatusRuntimeException e) {
      if (!GitServer.lacksRepository(e)) {
        throw e;
      }
      lifecycle.ensureRepository(project);
      return server.refs(project, service, protocol);
    }
  }

  private static String protocol(HttpServletRequest request) {
    return Optional.ofNullable(request.getHeader("Git-Protocol"))
        .filter(text -> text.length() <= MAX_PROTOCOL)
        .orElse("");
  }

  private static InputStream body(HttpServletRequest request) throws IOException {
    String encoding = request.getHeader(HttpHeaders.CONTENT_ENCODING);
    return "gzip".equals(encoding) || "x-gzip".equals(encoding)
        ? new GZIPInputStream(request.getInputStream())
        : request.getInputStream();
  }
}
