package io.mooring.gitlab.webhook;

import io.mooring.gitlab.http.Parameters;
import io.mooring.gitlab.identity.Caller;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** {@code hooks} of a project. */
@RestController
@RequestMapping("/api/v4/projects/{id}/hooks")
class ProjectHookController {
  private final WebhookAccess access;
  private final WebhookAnswers answers;

  ProjectHookController(WebhookAccess access, WebhookAnswers answers) {
    this.access = access;
    this.answers = answers;
  }

  @GetMapping
  ResponseEntity<List<WebhookView>> list(
      Caller caller, @PathVariable String id, Parameters parameters, HttpServletRequest request) {
    return answers.list(access.project(caller, id), parameters, request);
  }

  @PostMapping
  @ResponseStatus(HttpStatus.CREATED)
  WebhookView create(Caller caller, @PathVariable String id, Parameters parameters) {
    return answers.create(caller, access.project(caller, id), parameters);
  }

  @GetMapping("/{hookId}")
  WebhookView get(Caller caller, @PathVariable String id, @PathVariable long hookId) {
    return answers.get(access.project(caller, id), hookId);
  }

  @PutMapping("/{hookId}")
  WebhookView update(
      Caller caller, @PathVariable String id, @PathVariable long hookId, Parameters parameters) {
    return answers.update(caller, access.project(caller, id), hookId, parameters);
  }

  @DeleteMapping("/{hookId}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void delete(Caller caller, @PathVariable String id, @PathVariable long hookId) {
    answers.delete(caller, access.project(caller, id), hookId);
  }

  @PostMapping("/{hookId}/test/{trigger}")
  @ResponseStatus(HttpStatus.CREATED)
  WebhookAnswers.Message test(
      Caller caller,
      @PathVariable String id,
      @PathVariable long hookId,
      @PathVariable String trigger) {
    return answers.test(access.project(caller, id), hookId, trigger);
  }

  @GetMapping("/{hookId}/events")
  ResponseEntity<List<DeliveryView>> events(
      Caller caller,
      @PathVariable String id,
      @PathVariable long hookId,
      Parameters parameters,
      HttpServletRequest request) {
    return answers.events(access.project(caller, id), hookId, parameters, request);
  }

  @PostMapping("/{hookId}/events/{eventId}/resend")
  @ResponseStatus(HttpStatus.CREATED)
  WebhookAnswers.Message resend(
      Caller caller,
      @PathVariable String id,
      @PathVariable long hookId,
      @PathVariable long eventId) {
    return answers.resend(access.project(caller, id), hookId, eventId);
  }
}
