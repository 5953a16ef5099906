package io.mooring.gitlab.project;

import io.mooring.gitlab.audit.AuditEvent;
import io.mooring.gitlab.audit.AuditEvent.Entity;
import io.mooring.gitlab.audit.AuditEvent.Target;
import io.mooring.gitlab.audit.AuditEvents;
import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.http.Parameters;
import io.mooring.gitlab.identity.Caller;
import io.mooring.gitlab.identity.User;
import io.mooring.gitlab.identity.Users;
import io.mooring.gitlab.project.Members.Member;
import io.mooring.gitlab.project.Members.Source;
import java.time.LocalDate;
import java.util.Map;
import java.util.Optional;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * What people change about who belongs to groups and projects, by REST and by pages alike. Nobody
 * gives or takes a role above their own. Thread-safe.
 */
@Component
public class MemberChanges {
  /** Members of groups; anything else is a project. */
  public static final String GROUPS = "groups";

  private final Access access;
  private final Members members;
  private final Users users;
  private final AuditEvents audit;

  MemberChanges(Access access, Members members, Users users, AuditEvents audit) {
    this.access = access;
    this.members = members;
    this.users = users;
    this.audit = audit;
  }

  /** A group or project and what the caller is in it. */
  private record Place(Source source, Entity entity, Optional<Role> role) {}

  /**
   * Adds the user {@code user_id} with the role {@code access_level}.
   *
   * @param kind {@link #GROUPS} or projects
   * @throws ApiException 400, 403, 404 or 409
   */
  @Transactional
  public Member add(Caller caller, String kind, String id, Parameters parameters) {
    Place place = place(caller, kind, id);
    Role own = requireMaintainer(caller, place, kind);
    long userId = parameters.requiredNumber("user_id");
    Role role = role(parameters);
    Optional<LocalDate> expires = parameters.date("expires_at");
    parameters.check();
    requireAtLeast(own, role);
    User user = users.find(userId).orElseThrow(() -> ApiException.notFound("User"));
    try {
      members.add(place.source(), user.id(), role, expires);
    } catch (DuplicateKeyException e) {
      throw ApiException.message(HttpStatus.CONFLICT, "Member already exists");
    }
    Member member = require(place.source(), userId);
    note(caller, "member_created", place, member, Map.of("to", role.text()));
    return member;
  }

  /** Changes what a member is. */
  @Transactional
  public Member update(Caller caller, String kind, String id, long user, Parameters parameters) {
    Place place = place(caller, kind, id);
    Role own = requireMaintainer(caller, place, kind);
    Role role = role(parameters);
    Optional<LocalDate> expires = parameters.date("expires_at");
    parameters.check();
    Member member = require(place.source(), user);
    requireAtLeast(own, role);
    requireAtLeast(own, member.role());
    if (role != Role.OWNER) {
      requireAnotherOwner(place.source(), member);
    }
    members.update(place.source(), user, role, expires);
    note(
        caller,
        "member_updated",
        place,
        member,
        Map.of("from", member.role().text(), "to", role.text()));
    return require(place.source(), user);
  }

  /** Removes a member, who may be the caller. */
  @Transactional
  public void remove(Caller caller, String kind, String id, long user) {
    Place place = place(caller, kind, id);
    if (caller.requireUser().id() != user) {
      requireAtLeast(requireMaintainer(caller, place, kind), require(place.source(), user).role());
    }
    Member member = require(place.source(), user);
    requireAnotherOwner(place.source(), member);
    members.remove(place.source(), user);
    note(caller, "member_destroyed", place, member, Map.of("from", member.role().text()));
  }

  private void note(
      Caller caller, String name, Place place, Member member, Map<String, Object> details) {
    audit.record(
        new AuditEvent(
            name,
            caller.requireUser().author(),
            place.entity(),
            new Target("User", member.userId(), member.username()),
            details));
  }

  private Place place(Caller caller, String kind, String id) {
    if (kind.equals(GROUPS)) {
      Namespace group = access.group(caller, id);
      return new Place(
          new Source.OfNamespace(group.id()),
          Entity.group(group.id(), group.fullPath()),
          access.role(caller.user(), group));
    }
    Project project = access.project(caller, id);
    return new Place(
        new Source.OfProject(project.id()),
        Entity.project(project.id(), project.fullPath()),
        access.role(caller.user(), project));
  }

  /** In a group only owners decide who belongs to it. */
  private static Role requireMaintainer(Caller caller, Place place, String kind) {
    caller.requireUser();
    Role least = kind.equals(GROUPS) ? Role.OWNER : Role.MAINTAINER;
    return place.role().filter(role -> role.includes(least)).orElseThrow(ApiException::forbidden);
  }

  private static void requireAtLeast(Role own, Role other) {
    if (!own.includes(other)) {
      throw ApiException.forbidden();
    }
  }

  /** A group without an owner could be managed by nobody. */
  private void requireAnotherOwner(Source source, Member member) {
    if (source instanceof Source.OfNamespace
        && member.role() == Role.OWNER
        && members.owners(source) < 2) {
      throw ApiException.forbidden("the last owner of a group cannot leave it");
    }
  }

  private static Role role(Parameters parameters) {
    Optional<Role> role = Role.of(parameters.requiredNumber("access_level"));
    if (role.isEmpty()) {
      parameters.refuse("access_level does not have a valid value");
    }
    return role.orElse(Role.GUEST);
  }

  private Member require(Source source, long userId) {
    return members.find(source, userId).orElseThrow(() -> ApiException.notFound("Member"));
  }
}
