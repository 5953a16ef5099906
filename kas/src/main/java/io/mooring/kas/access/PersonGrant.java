package io.mooring.kas.access;

import io.mooring.kas.access.Ceilings.Applicant;
import io.mooring.kas.gitlab.PersonAccess;
import io.mooring.wire.gitlab.api.AccessAsUserAuthorization;
import io.mooring.wire.gitlab.api.AuthorizeProxyUserResponse;
import io.mooring.wire.gitlab.api.GroupAccessCF;
import io.mooring.wire.gitlab.api.ProjectAccessCF;
import io.mooring.wire.kubernetesapi.rpc.ImpersonationConfig;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What GitLab grants to a person at one agent (kubernetes-api.md 5.2, 6.2).
 *
 * @param askedAt when GitLab said so
 */
record PersonGrant(Granted granted, Instant askedAt) {
  static PersonGrant of(Caller.Kind kind, PersonAccess access, Instant askedAt) {
    AuthorizeProxyUserResponse answer = access.answer();
    AccessAsUserAuthorization user = answer.getAccessAs().getUser();
    Applicant applicant =
        new Applicant(
            answer.getAccessAs().hasUser() ? "user" : "agent",
            user.getProjectsList().stream().map(ProjectAccessCF::getId).toList(),
            user.getGroupsList().stream().map(GroupAccessCF::getId).toList(),
            "access of this user");
    return new PersonGrant(
        new Granted(
            answer.getAgent().getId(),
            answer.getAgent().getConfigProject().getId(),
            new Caller(
                kind,
                answer.getUser().getId(),
                answer.getUser().getUsername(),
                OptionalLong.empty(),
                OptionalLong.empty()),
            answer.getAccessAs().hasUser()
                ? Optional.of(ofUser(kind, answer, user))
                : Optional.empty(),
            Ceilings.of(access.ceiling(), applicant)),
        askedAt);
  }

  private static ImpersonationConfig ofUser(
      Caller.Kind kind, AuthorizeProxyUserResponse answer, AccessAsUserAuthorization user) {
    String username = answer.getUser().getUsername();
    Identity identity = new Identity("gitlab:user:" + username).group("gitlab:user");
    for (ProjectAccessCF project : user.getProjectsList()) {
      project
          .getRolesList()
          .forEach(role -> identity.group("gitlab:project_role:" + project.getId() + ":" + role));
    }
    for (GroupAccessCF group : user.getGroupsList()) {
      group
          .getRolesList()
          .forEach(role -> identity.group("gitlab:group_role:" + group.getId() + ":" + role));
    }
    return identity
        .extra("id", answer.getAgent().getId())
        .extra("username", username)
        .extra("access_type", kind.word())
        .extra("config_project_id", answer.getAgent().getConfigProject().getId())
        .build();
  }
}
