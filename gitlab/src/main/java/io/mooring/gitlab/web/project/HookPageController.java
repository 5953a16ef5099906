package io.mooring.gitlab.web.project;

import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.http.Page;
import io.mooring.gitlab.http.Parameters;
import io.mooring.gitlab.web.Answers;
import io.mooring.gitlab.web.Notice;
import io.mooring.gitlab.web.Visit;
import io.mooring.gitlab.web.html.Html;
import io.mooring.gitlab.webhook.Topic;
import io.mooring.gitlab.webhook.Webhook;
import io.mooring.gitlab.webhook.WebhookAccess;
import io.mooring.gitlab.webhook.WebhookAccess.Place;
import io.mooring.gitlab.webhook.WebhookChanges;
import io.mooring.gitlab.webhook.WebhookTests;
import java.util.Optional;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Webhooks of projects and groups. */
@RestController
class HookPageController {
  private static final String GROUPS = "groups/";

  private final WebhookAccess access;
  private final WebhookChanges changes;
  private final WebhookTests tests;
  private final HookPages pages;

  HookPageController(
      WebhookAccess access, WebhookChanges changes, WebhookTests tests, HookPages pages) {
    this.access = access;
    this.changes = changes;
    this.tests = tests;
    this.pages = pages;
  }

  @GetMapping("/{*path}/-/hooks")
  Html list(Visit visit, @PathVariable("path") String path) {
    return pages.list(visit, place(visit, path), Optional.empty());
  }

  @PostMapping("/{*path}/-/hooks")
  ResponseEntity<Html> create(
      Visit visit, @PathVariable("path") String path, Parameters parameters) {
    Place place = place(visit, path);
    try {
      WebhookChanges.Issued issued =
          changes.create(visit.caller(), place, HookForm.parameters(parameters));
      return ResponseEntity.status(HttpStatus.CREATED).body(pages.issued(visit, place, issued));
    } catch (ApiException e) {
      return Answers.refused(pages.list(visit, place, Optional.of(Answers.problem(e))));
    }
  }

  @GetMapping("/{*path}/-/hooks/{id}")
  Html show(
      Visit visit,
      @PathVariable("path") String path,
      @PathVariable("id") long id,
      Parameters parameters) {
    Place place = place(visit, path);
    return pages.show(
        visit, place, access.require(place, id), Page.of(parameters), Optional.empty());
  }

  @PostMapping("/{*path}/-/hooks/{id}")
  ResponseEntity<Html> save(
      Visit visit,
      @PathVariable("path") String path,
      @PathVariable("id") long id,
      Parameters parameters) {
    Place place = place(visit, path);
    Webhook webhook = access.require(place, id);
    try {
      changes.update(visit.caller(), place, webhook, HookForm.parameters(parameters));
      return Answers.changed(HookPages.link(place, webhook), Notice.SAVED);
    } catch (ApiException e) {
      return refused(visit, place, webhook, Answers.problem(e));
    }
  }

  @PostMapping("/{*path}/-/hooks/{id}/delete")
  ResponseEntity<Html> delete(
      Visit visit, @PathVariable("path") String path, @PathVariable("id") long id) {
    Place place = place(visit, path);
    changes.delete(visit.caller(), place, access.require(place, id));
    return Answers.changed(HookPages.link(place), Notice.WEBHOOK_DELETED);
  }

  @PostMapping("/{*path}/-/hooks/{id}/renew")
  ResponseEntity<Html> renew(
      Visit visit, @PathVariable("path") String path, @PathVariable("id") long id) {
    Place place = place(visit, path);
    return ResponseEntity.ok(
        pages.issued(
            visit, place, changes.renewSecret(visit.caller(), place, access.require(place, id))));
  }

  @PostMapping("/{*path}/-/hooks/{id}/test")
  ResponseEntity<Html> test(
      Visit visit, @PathVariable("path") String path, @PathVariable("id") long id) {
    Place place = place(visit, path);
    Webhook webhook = access.require(place, id);
    try {
      tests.attempt(webhook, Topic.PRESENCE);
      return Answers.changed(HookPages.link(place, webhook), Notice.WEBHOOK_ANSWERED);
    } catch (ApiException e) {
      return refused(visit, place, access.require(place, id), Answers.problem(e));
    }
  }

  @PostMapping("/{*path}/-/hooks/{id}/deliveries/{delivery}/resend")
  ResponseEntity<Html> resend(
      Visit visit,
      @PathVariable("path") String path,
      @PathVariable("id") long id,
      @PathVariable("delivery") long delivery) {
    Place place = place(visit, path);
    Webhook webhook = access.require(place, id);
    tests.resend(webhook, delivery);
    return Answers.changed(HookPages.link(place, webhook), Notice.DELIVERY_REPEATED);
  }

  private ResponseEntity<Html> refused(Visit visit, Place place, Webhook webhook, String problem) {
    return Answers.refused(
        pages.show(visit, place, webhook, new Page(1, HookPages.SHOWN), Optional.of(problem)));
  }

  private Place place(Visit visit, String path) {
    String text = path.substring(1);
    return text.startsWith(GROUPS)
        ? access.group(visit.caller(), text.substring(GROUPS.length()))
        : access.project(visit.caller(), text);
  }
}
