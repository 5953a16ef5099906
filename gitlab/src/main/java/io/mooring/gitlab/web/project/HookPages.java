package io.mooring.gitlab.web.project;

import io.mooring.gitlab.http.Page;
import io.mooring.gitlab.project.Access;
import io.mooring.gitlab.web.Frame;
import io.mooring.gitlab.web.Layout;
import io.mooring.gitlab.web.Parts;
import io.mooring.gitlab.web.Parts.Tone;
import io.mooring.gitlab.web.Visit;
import io.mooring.gitlab.web.html.Attributes;
import io.mooring.gitlab.web.html.Html;
import io.mooring.gitlab.web.html.Link;
import io.mooring.gitlab.webhook.Deliveries;
import io.mooring.gitlab.webhook.Delivery;
import io.mooring.gitlab.webhook.Topic;
import io.mooring.gitlab.webhook.Webhook;
import io.mooring.gitlab.webhook.WebhookAccess.Place;
import io.mooring.gitlab.webhook.WebhookChanges;
import io.mooring.gitlab.webhook.Webhooks;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.springframework.stereotype.Component;

/** The pages of webhooks. Thread-safe. */
@Component
class HookPages {
  /** Deliveries of one page. */
  static final int SHOWN = 20;

  private static final Page ALL = new Page(1, Page.MAX_SIZE);

  private final Layout layout;
  private final ProjectFrame projects;
  private final GroupPages groups;
  private final Access access;
  private final Webhooks webhooks;
  private final Deliveries deliveries;
  private final InstantSource clock;

  HookPages(
      Layout layout,
      ProjectFrame projects,
      GroupPages groups,
      Access access,
      Webhooks webhooks,
      Deliveries deliveries,
      InstantSource clock) {
    this.layout = layout;
    this.projects = projects;
    this.groups = groups;
    this.access = access;
    this.webhooks = webhooks;
    this.deliveries = deliveries;
    this.clock = clock;
  }

  static Link link(Place place) {
    return switch (place.owner()) {
      case Webhook.Owner.Project _ -> Link.to("/{}/-/hooks", place.fullPath());
      case Webhook.Owner.Group _ -> Link.to("/groups/{}/-/hooks", place.fullPath());
    };
  }

  static Link link(Place place, Webhook webhook) {
    return below(place, webhook.id());
  }

  private static Link below(Place place, Object... parts) {
    String path = String.join("/", Arrays.stream(parts).map(String::valueOf).toList());
    return switch (place.owner()) {
      case Webhook.Owner.Project _ -> Link.to("/{}/-/hooks/{}", place.fullPath(), path);
      case Webhook.Owner.Group _ -> Link.to("/groups/{}/-/hooks/{}", place.fullPath(), path);
    };
  }

  Html list(Visit visit, Place place, Optional<String> problem) {
    List<Webhook> all = webhooks.list(place.owner(), ALL).items();
    Instant now = clock.instant();
    return layout.page(
        visit,
        frame(visit, place),
        Html.of(
            "<section class=\"card\"><h2>Webhooks</h2>{}</section>",
            all.isEmpty()
                ? Html.of("<p class=\"muted\">None yet.</p>")
                : Html.of(
                    "<ul class=\"list\">{}</ul>",
                    Html.each(all, webhook -> row(place, webhook, now)))),
        Html.of(
            """
            <form class="card form" method="post" action="{}"><h2>Add a webhook</h2>{}{}{}
            <button type="submit" class="button primary">Add</button></form>
            """,
            link(place),
            visit.csrf(),
            Parts.problem(problem),
            fields("", "", EnumSet.allOf(Topic.class), false)));
  }

  Html issued(Visit visit, Place place, WebhookChanges.Issued issued) {
    return layout.page(
        visit,
        frame(visit, place),
        Html.of(
            """
            <section class="card" id="signing-secret"><h2>The signing secret</h2>\
            <p>Receivers verify deliveries with it. This is the only time it is shown.</p>{}\
            <p><a class="button" href="{}">To the webhook</a></p></section>
            """,
            Parts.copyable("Signing secret", issued.signingSecret().text()),
            link(place, issued.webhook())));
  }

  Html show(Visit visit, Place place, Webhook webhook, Page page, Optional<String> problem) {
    Page.Slice<Delivery> sent = deliveries.list(webhook, page);
    Instant now = clock.instant();
    return layout.page(
        visit,
        frame(visit, place).crumb("Webhooks", link(place)),
        state(webhook, now),
        Html.of(
            """
            <form class="card form" method="post" action="{}"><h2>{}</h2>{}{}{}
            <button type="submit" class="button primary">Save</button></form>
            <p class="actions">{}{}{}</p>
            """,
            link(place, webhook),
            webhook.name().isEmpty() ? webhook.url() : webhook.name(),
            visit.csrf(),
            Parts.problem(problem),
            fields(webhook.url(), webhook.name(), webhook.events(), true),
            button(visit, below(place, webhook.id(), "test"), "Send a test", false),
            button(visit, below(place, webhook.id(), "renew"), "Renew the signing secret", false),
            button(visit, below(place, webhook.id(), "delete"), "Delete the webhook", true)),
        Html.of(
            "<section class=\"card\" id=\"deliveries\"><h2>Recent deliveries</h2>{}{}</section>",
            sent.total() == 0
                ? Html.of("<p class=\"muted\">Nothing was sent yet.</p>")
                : Html.each(
                    sent.items(), delivery -> delivery(visit, place, webhook, delivery, now)),
            Parts.paging(page, sent.total(), link(place, webhook))));
  }

  private Frame frame(Visit visit, Place place) {
    return switch (place.owner()) {
      case Webhook.Owner.Project _ ->
          projects
              .section(
                  visit.caller(),
                  access.project(visit.caller(), place.fullPath()),
                  ProjectFrame.Section.SETTINGS)
              .narrowed();
      case Webhook.Owner.Group _ ->
          groups
              .frame(visit, access.group(visit.caller(), place.fullPath()), "Settings")
              .narrowed();
    };
  }

  private static Html row(Place place, Webhook webhook, Instant now) {
    return Html.of(
        "<li><span><a href=\"{}\">{}</a><span class=\"muted sub\">{}</span></span><span class=\"end\">{}</span></li>",
        link(place, webhook),
        webhook.name().isEmpty() ? webhook.url() : webhook.name(),
        webhook.url(),
        badge(webhook, now));
  }

  private static Html badge(Webhook webhook, Instant now) {
    return switch (webhook.alertStatus(now)) {
      case "disabled" -> Parts.badge(Tone.BAD, "Disabled");
      case "temporarily_disabled" -> Parts.badge(Tone.WARN, "Rests");
      default -> Parts.badge(Tone.GOOD, "Sends");
    };
  }

  /** Says why nothing is sent, and what to do. */
  private static Html state(Webhook webhook, Instant now) {
    return switch (webhook.alertStatus(now)) {
      case "disabled" ->
          Html.of(
              "<p class=\"problem\" role=\"alert\">Disabled: {} attempts in a row failed. A test that succeeds enables it again.</p>",
              webhook.failures());
      case "temporarily_disabled" ->
          Html.of(
              "<p class=\"hint\" role=\"status\">{} attempts in a row failed, so it rests until {}. A test that succeeds ends the rest.</p>",
              webhook.failures(),
              webhook
                  .disabledUntil()
                  .map(until -> until.truncatedTo(ChronoUnit.SECONDS).toString())
                  .orElse(""));
      default -> Html.EMPTY;
    };
  }

  private static Html fields(String url, String name, Set<Topic> events, boolean exists) {
    return Html.of(
        "{}{}{}<fieldset><legend>Tell of</legend>{}{}{}</fieldset>",
        Parts.field(
            "URL",
            "url",
            url,
            Attributes.flag("required", true),
            Html.text("http:// or https://, at a public address.")),
        Parts.field("Name", "name", name, Attributes.of("maxlength", "255"), Html.EMPTY),
        Parts.field(
            "Secret token",
            "token",
            "",
            Attributes.of("autocomplete", "off"),
            Html.text(
                exists
                    ? "Sent as X-Gitlab-Token. Never shown; empty keeps the present one."
                    : "Sent as X-Gitlab-Token. May be empty: every delivery is signed anyway.")),
        box(Topic.PRESENCE, "agents that are lost and return", events),
        box(Topic.CONFIGURATION, "configurations that are refused", events),
        box(Topic.SYNC, "synchronizations that fail, and succeed again", events));
  }

  private static Html box(Topic topic, String label, Set<Topic> events) {
    return Html.of(
        "<label class=\"check\"><input type=\"checkbox\" name=\"{}\" value=\"1\"{}> {}</label>",
        topic.parameter(),
        Attributes.flag("checked", events.contains(topic)),
        label);
  }

  private static Html button(Visit visit, Link target, String label, boolean danger) {
    return Html.of(
        "<form class=\"inline\" method=\"post\" action=\"{}\">{}<button type=\"submit\" class=\"{}\">{}</button></form>",
        target,
        visit.csrf(),
        danger ? "button small danger" : "button small",
        label);
  }

  private static Html delivery(
      Visit visit, Place place, Webhook webhook, Delivery delivery, Instant now) {
    return Html.of(
        """
        <details><summary>{} <span>{}</span> <span class="muted">{}, {}</span></summary>
        {}<p class="muted">Delivery {}</p>{}{}{}</details>
        """,
        outcome(delivery),
        delivery.event(),
        Parts.ago(delivery.createdAt(), now),
        Parts.plural(delivery.attempts(), "attempt"),
        delivery.problem().isEmpty()
            ? Html.EMPTY
            : Html.of("<p class=\"problem\">{}</p>", delivery.problem()),
        delivery.uuid(),
        Parts.copyable("What was sent", delivery.body()),
        delivery.answer().isEmpty()
            ? Html.EMPTY
            : Html.of(
                "<pre tabindex=\"0\" aria-label=\"Answer\"><code>{}</code></pre>",
                delivery.answer()),
        button(
            visit,
            below(place, webhook.id(), "deliveries", delivery.id(), "resend"),
            "Send again",
            false));
  }

  private static Html outcome(Delivery delivery) {
    String answered = delivery.status().map(String::valueOf).orElse("no answer");
    if (delivery.succeeded()) {
      return Parts.badge(Tone.GOOD, answered);
    }
    return delivery.nextAttemptAt().isPresent()
        ? Parts.badge(Tone.BUSY, delivery.attempts() == 0 ? "waits" : answered + ", is tried again")
        : Parts.badge(Tone.BAD, answered);
  }
}
