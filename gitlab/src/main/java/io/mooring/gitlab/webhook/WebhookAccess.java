package io.mooring.gitlab.webhook;

import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.identity.Caller;
import io.mooring.gitlab.project.Access;
import io.mooring.gitlab.project.Namespace;
import io.mooring.gitlab.project.Project;
import io.mooring.gitlab.project.Role;
import org.springframework.stereotype.Component;

/**
 * Who may see and change webhooks, as GitLab has it: maintainers of the project, owners of the
 * group. Thread-safe.
 */
@Component
public class WebhookAccess {
  private final Access access;
  private final Webhooks webhooks;

  WebhookAccess(Access access, Webhooks webhooks) {
    this.access = access;
    this.webhooks = webhooks;
  }

  /** A project or group whose webhooks the caller may manage. */
  public record Place(Webhook.Owner owner, String fullPath) {}

  /** The project, else 404, or 403. */
  public Place project(Caller caller, String idOrPath) {
    Project project = access.project(caller, idOrPath, Role.MAINTAINER);
    return new Place(new Webhook.Owner.Project(project.id()), project.fullPath());
  }

  /** The group, else 404, or 403. */
  public Place group(Caller caller, String idOrPath) {
    Namespace group = access.group(caller, idOrPath, Role.OWNER);
    return new Place(new Webhook.Owner.Group(group.id()), group.fullPath());
  }

  /** The webhook of a number, else 404. */
  public Webhook require(Place place, long id) {
    return webhooks.find(place.owner(), id).orElseThrow(ApiException::recordNotFound);
  }
}
