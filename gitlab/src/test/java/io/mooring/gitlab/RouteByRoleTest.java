package io.mooring.gitlab;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.gitlab.GitLabUnderTest.Running;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Who may do what: every route of the REST API that concerns a private project, by every role.
 * Statuses stand in the order: nobody, a stranger, guest, reporter, developer, maintainer, owner.
 */
@ExtendWith(GitLabUnderTest.class)
class RouteByRoleTest {
  private static final List<String> ROLES =
      List.of("nobody", "stranger", "guest", "reporter", "developer", "maintainer", "owner");

  private static final String PROJECT =
      """
      GET    /projects/:p                                              404 404 200 200 200 200 200
      PUT    /projects/:p                          {"description":"d"} 404 404 403 403 403 200 200
      PUT    /projects/:p                          {"path":"$same"}    404 404 403 403 403 200 200
      GET    /projects/:p/members                                      404 404 200 200 200 200 200
      GET    /projects/:p/members/:guest                               404 404 200 200 200 200 200
      POST   /projects/:p/members                  {}                  404 404 403 403 403 400 400
      PUT    /projects/:p/members/:guest           {"access_level":10} 404 404 403 403 403 200 200
      DELETE /projects/:p/members/999999                               404 404 403 403 403 404 404
      GET    /projects/:p/repository/branches                          404 404 404 200 200 200 200
      GET    /projects/:p/repository/branches/none                     404 404 404 404 404 404 404
      GET    /projects/:p/repository/commits                           404 404 404 200 200 200 200
      GET    /projects/:p/repository/commits/none                      404 404 404 404 404 404 404
      GET    /projects/:p/repository/tree                              404 404 404 404 404 404 404
      GET    /projects/:p/repository/files/a                           404 404 404 404 404 404 404
      GET    /projects/:p/repository/files/a/raw                       404 404 404 404 404 404 404
      POST   /projects/:p/repository/commits       {}                  404 404 403 403 400 400 400
      GET    /projects/:p/cluster_agents                               404 404 404 404 200 200 200
      GET    /projects/:p/cluster_agents/:a                            404 404 404 404 200 200 200
      POST   /projects/:p/cluster_agents           {"name":"-bad-"}    404 404 403 403 403 400 400
      DELETE /projects/:p/cluster_agents/999999                        404 404 403 403 403 404 404
      GET    /projects/:p/cluster_agents/:a/tokens                     404 404 404 404 200 200 200
      GET    /projects/:p/cluster_agents/:a/tokens/:t                  404 404 404 404 200 200 200
      POST   /projects/:p/cluster_agents/:a/tokens {"name":""}         404 404 403 403 403 400 400
      DELETE /projects/:p/cluster_agents/:a/tokens/999999              404 404 403 403 403 404 404
      GET    /projects/:p/cluster_agents/:a/state                      404 404 404 404 200 200 200
      GET    /projects/:p/cluster_agents/:a/activity_events            404 404 404 404 200 200 200
      GET    /projects/:p/cluster_agents/:a/ceiling                    404 404 403 403 403 404 404
      GET    /projects/:p/cluster_agents/:a/audit                      404 404 403 403 403 200 200
      GET    /projects/:p/audit_events                                 404 404 403 403 403 200 200
      GET    /projects/:p/protected_branches                           404 404 403 403 403 200 200
      GET    /projects/:p/protected_branches/none                      404 404 403 403 403 404 404
      POST   /projects/:p/protected_branches       {}                  404 404 403 403 403 400 400
      PATCH  /projects/:p/protected_branches/none  {}                  404 404 403 403 403 404 404
      DELETE /projects/:p/protected_branches/none                      404 404 403 403 403 404 404
      GET    /projects/:p/jobs                                         404 404 403 200 200 200 200
      GET    /projects/:p/jobs/999999                                  404 404 403 404 404 404 404
      POST   /projects/:p/jobs                     {}                  404 404 403 403 403 400 400
      POST   /projects/:p/jobs/999999/cancel                           404 404 403 403 404 404 404
      GET    /projects/:p/triggers                                     404 404 403 403 403 200 200
      GET    /projects/:p/triggers/999999                              404 404 403 403 403 404 404
      POST   /projects/:p/triggers                 {}                  404 404 403 403 403 400 400
      DELETE /projects/:p/triggers/999999                              404 404 403 403 403 404 404
      PUT    /projects/:p/transfer                 {}                  404 404 403 403 403 403 400
      DELETE /projects/:p                                              404 404 403 403 403 403 202
      """;

  private static final String GROUP =
      """
      GET    /groups/:g                                                404 404 200 200 200 200 200
      GET    /groups/:g/subgroups                                      404 404 200 200 200 200 200
      GET    /groups/:g/projects                                       404 404 200 200 200 200 200
      PUT    /groups/:g                            {"description":"d"} 404 404 403 403 403 403 200
      GET    /groups/:g/members                                        404 404 200 200 200 200 200
      GET    /groups/:g/audit_events                                   404 404 403 403 403 403 200
      POST   /groups/:g/members                    {}                  404 404 403 403 403 403 400
      POST   /groups                     {"name":"$new","path":"$new"} 401 201 201 201 201 201 201
      POST   /groups       {"name":"n","path":"$new","parent_id":"$g"} 401 404 403 403 403 201 201
      POST   /projects               {"name":"$new","namespace_id":":g"} 401 404 403 403 201 201 201
      POST   /groups/:g/transfer                   {}                  404 404 403 403 403 403 400
      DELETE /groups/:g                                                404 404 403 403 403 403 202
      """;

  private static final String INSTANCE =
      """
      GET    /user                                                     401 200
      GET    /users                                                    401 200
      GET    /users/1                                                  401 200
      POST   /users                                {}                  401 403
      POST   /users/1/block                                            401 403
      POST   /users/1/unblock                                          401 403
      DELETE /users/1                                                  401 403
      GET    /version                                                  401 200
      GET    /metadata                                                 401 200
      GET    /personal_access_tokens                                   401 200
      GET    /personal_access_tokens/1                                 401 404
      DELETE /personal_access_tokens/1                                 401 404
      POST   /users/1/personal_access_tokens       {}                  401 403
      POST   /personal_access_tokens               {}                  401 403
      PUT    /users/1                              {}                  401 403
      PUT    /user/password                        {}                  401 400
      POST   /user/personal_access_tokens          {}                  401 400
      GET    /audit_events                                             401 403
      GET    /admin/audit                                              401 403
      GET    /admin/ceilings                                           401 403
      GET    /admin/cluster_agents/1/ceiling                           401 403
      PUT    /admin/cluster_agents/1/ceiling       {}                  401 403
      DELETE /admin/cluster_agents/1/ceiling                           401 403
      GET    /projects                                                 200 200
      GET    /groups                                                   200 200
      POST   /projects                             {}                  401 400
      """;

  @Test
  void opensTheRoutesOfAProjectToTheRightRoles(Running gitlab) {
    long project = gitlab.newProject("private");
    List<Api> callers = new ArrayList<>(List.of(gitlab.anonymous(), gitlab.newUser().api()));
    long guest = 0;
    for (int level : new int[] {10, 20, 30, 40, 50}) {
      var member = gitlab.newMember(project, level);
      guest = level == 10 ? member.id() : guest;
      callers.add(member.api());
    }
    long agent = gitlab.newAgent(project);
    gitlab.newAgentToken(project, agent);
    String token = gitlab.sqlValue("select id from cluster_agent_tokens where agent_id = " + agent);
    String path = gitlab.path(project);

    check(
        PROJECT
            .replace(":guest", Long.toString(guest))
            .replace(":p", Long.toString(project))
            .replace(":a", Long.toString(agent))
            .replace(":t", token)
            .replace("$same", path.substring(path.indexOf('/') + 1)),
        callers);
  }

  @Test
  void opensTheRoutesOfAGroupToTheRightRoles(Running gitlab) {
    long group = gitlab.newGroup();
    List<Api> callers = new ArrayList<>(List.of(gitlab.anonymous(), gitlab.newUser().api()));
    for (int level : new int[] {10, 20, 30, 40, 50}) {
      var person = gitlab.newUser();
      gitlab
          .root()
          .post(
              "/api/v4/groups/" + group + "/members", "user_id", person.id(), "access_level", level)
          .expect(201);
      callers.add(person.api());
    }

    check(GROUP.replace(":g", Long.toString(group)).replace("$g", Long.toString(group)), callers);
  }

  @Test
  void opensWhatConcernsEverybodyToWhoIsSignedIn(Running gitlab) {
    check(INSTANCE, List.of(gitlab.anonymous(), gitlab.newUser().api()));
  }

  private static void check(String table, List<Api> callers) {
    var problems = new ArrayList<String>();
    for (String line : table.lines().toList()) {
      String[] words = line.trim().split("\\s+", -1);
      int statuses = words.length - callers.size();
      String body = statuses == 3 ? words[2] : "";
      for (int i = 0; i < callers.size(); i++) {
        String sent = body.replace("$new", GitLabUnderTest.unique("made"));
        Api.Answer answer = callers.get(i).send(words[0], "/api/v4" + words[1], sent);
        if (answer.status() != Integer.parseInt(words[statuses + i])) {
          problems.add(
              ROLES.get(i)
                  + ": "
                  + words[0]
                  + " "
                  + words[1]
                  + ": "
                  + answer.status()
                  + " (expected: "
                  + words[statuses + i]
                  + ") "
                  + answer.body());
        }
      }
    }
    assertThat(problems).isEmpty();
  }
}
