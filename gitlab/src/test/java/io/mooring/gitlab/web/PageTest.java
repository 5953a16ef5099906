package io.mooring.gitlab.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.gitlab.Api;
import io.mooring.gitlab.Browser;
import io.mooring.gitlab.GitLabUnderTest;
import io.mooring.gitlab.GitLabUnderTest.Person;
import io.mooring.gitlab.GitLabUnderTest.Running;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Pages as a browser without scripts gets them. */
@ExtendWith(GitLabUnderTest.class)
class PageTest {
  private static final String HTML = "text/html,application/xhtml+xml";

  static Api pages(Running gitlab, Person person) {
    return Browser.signedIn(gitlab, person.username(), Person.PASSWORD).api().with("Accept", HTML);
  }

  static Api.Answer form(Api api, String path, String... pairs) {
    var body = new StringBuilder();
    for (int i = 0; i < pairs.length; i += 2) {
      body.append(i == 0 ? "" : "&")
          .append(URLEncoder.encode(pairs[i], StandardCharsets.UTF_8))
          .append('=')
          .append(URLEncoder.encode(pairs[i + 1], StandardCharsets.UTF_8));
    }
    return api.with("Content-Type", "application/x-www-form-urlencoded")
        .send("POST", path, body.toString());
  }

  @Test
  void sendsWhoIsNotSignedInToTheFormAndBack(Running gitlab) {
    Api.Answer answer =
        gitlab.anonymous().with("Accept", HTML).get("/dashboard/agents").expect(303);

    assertThat(answer.header("Location"))
        .isEqualTo("/users/sign_in?return_to=%2Fdashboard%2Fagents");
  }

  @Test
  void leavesTheSiteForNobody(Running gitlab) {
    for (String target :
        new String[] {"//evil.example", "/\\evil.example", "https://evil.example"}) {
      String page =
          gitlab
              .anonymous()
              .get("/users/sign_in?return_to=" + URLEncoder.encode(target, StandardCharsets.UTF_8))
              .expect(200)
              .body();

      assertThat(page).contains("name=\"return_to\" value=\"/\"").doesNotContain("evil");
    }
  }

  @Test
  void tellsAWrongPasswordInTheForm(Running gitlab) {
    Browser browser = Browser.atForm(gitlab);

    Api.Answer answer =
        form(
            browser.api().with("Accept", HTML),
            "/users/sign_in",
            "user[login]",
            "nobody",
            "user[password]",
            "wrong");

    assertThat(answer.expect(422).body()).contains("Invalid login or password.");
  }

  @Test
  void showsAnErrorPageWithTheRequestId(Running gitlab) {
    Api.Answer answer = pages(gitlab, gitlab.newUser()).get("/no/such/page").expect(404);

    assertThat(answer.body()).contains("Nothing here").contains(answer.header("X-Request-Id"));
  }

  @Test
  void refusesAFormWithoutToken(Running gitlab) {
    Person person = gitlab.newUser();
    Api api =
        Browser.signedIn(gitlab, person.username(), Person.PASSWORD)
            .withoutToken()
            .with("Accept", HTML);

    Api.Answer answer = form(api, "/projects", "name", "forged");

    assertThat(answer.expect(422).body()).contains("The change was rejected");
  }

  @Test
  void hidesAPrivateProjectAndItsAgentsFromStrangers(Running gitlab) {
    long project = gitlab.newProject("private");
    long agent = gitlab.newAgent(project);
    String name = gitlab.sqlValue("select name from cluster_agents where id = " + agent);
    String path = gitlab.path(project);
    Api stranger = pages(gitlab, gitlab.newUser());
    Api reporter = pages(gitlab, gitlab.newMember(project, 20));
    Api developer = pages(gitlab, gitlab.newMember(project, 30));

    stranger.get("/" + path).expect(404);
    stranger.get("/" + path + "/-/clusters").expect(404);
    stranger.get("/" + path + "/-/cluster_agents/" + name).expect(404);
    reporter.get("/" + path).expect(200);
    reporter.get("/" + path + "/-/clusters").expect(404);
    developer.get("/" + path + "/-/cluster_agents/" + name).expect(200);
    developer.get("/" + path + "/-/cluster_agents/" + name + "?tab=audit").expect(404);
    developer.get("/" + path + "/-/clusters/new").expect(404);
    form(developer, "/" + path + "/-/clusters", "name", "mine").expect(404);
    developer.get("/" + path + "/-/edit").expect(404);
    developer.get("/admin").expect(404);
    developer.get("/admin/audit_events").expect(404);
    developer.get("/admin/instance").expect(404);
  }

  @Test
  void registersAnAgentAndShowsTheTokenOnce(Running gitlab) {
    long project = gitlab.newProject("private");
    String path = gitlab.path(project);
    Api maintainer = pages(gitlab, gitlab.newMember(project, 40));

    String created =
        form(maintainer, "/" + path + "/-/clusters", "name", "prod").expect(201).body();
    String again = maintainer.get("/" + path + "/-/cluster_agents/prod?tab=tokens").body();

    assertThat(created)
        .contains("glagent-")
        .contains("helm upgrade --install prod gitlab/gitlab-agent")
        .contains("--namespace gitlab-agent-prod");
    assertThat(again).doesNotContain("glagent-").contains("first");
    assertThat(form(maintainer, "/" + path + "/-/clusters", "name", "-bad-").expect(422).body())
        .contains("cannot start or end with");
    assertThat(form(maintainer, "/" + path + "/-/clusters", "name", "prod").expect(422).body())
        .contains("Name has already been taken");
  }

  @Test
  void rotatesATokenWithoutLosingTheFirst(Running gitlab) {
    long project = gitlab.newProject("private");
    long agent = gitlab.newAgent(project);
    String first = gitlab.newAgentToken(project, agent);
    String page =
        "/"
            + gitlab.path(project)
            + "/-/cluster_agents/"
            + gitlab.sqlValue("select name from cluster_agents where id = " + agent);
    Api maintainer = pages(gitlab, gitlab.newMember(project, 40));

    form(maintainer, page + "/tokens", "name", "second").expect(201);
    form(maintainer, page + "/tokens", "name", "third").expect(422);
    gitlab.kas(first).get("/api/v4/internal/kubernetes/agent_info").expect(200);
    String id =
        gitlab.sqlValue("select min(id) from cluster_agent_tokens where agent_id = " + agent);
    form(maintainer, page + "/tokens/" + id + "/revoke").expect(303);

    gitlab.kas(first).get("/api/v4/internal/kubernetes/agent_info").expect(401);
    assertThat(maintainer.get(page + "?tab=tokens").body()).contains("second");
  }

  @Test
  void escapesWhatPeopleWrote(Running gitlab) {
    long project = gitlab.newProject("private");
    gitlab
        .root()
        .put("/api/v4/projects/" + project, Api.object("description", "<script>alert(1)</script>"))
        .expect(200);
    Api member = pages(gitlab, gitlab.newMember(project, 30));

    assertThat(member.get("/" + gitlab.path(project)).expect(200).body())
        .contains("&lt;script&gt;alert(1)&lt;/script&gt;")
        .doesNotContain("<script>alert");
  }

  @Test
  void changesThePasswordAndKeepsOnlyThisSession(Running gitlab) {
    Person person = gitlab.newUser();
    Api other = pages(gitlab, person);
    Api own = pages(gitlab, person);

    form(
            own,
            "/-/user_settings/password",
            "user[password]",
            "wrong",
            "user[new_password]",
            "a new long password",
            "user[password_confirmation]",
            "a new long password")
        .expect(422);
    form(
            own,
            "/-/user_settings/password",
            "user[password]",
            Person.PASSWORD,
            "user[new_password]",
            "a new long password",
            "user[password_confirmation]",
            "a new long password")
        .expect(303);

    other.get("/dashboard").expect(303);
    Browser.signedIn(gitlab, person.username(), "a new long password");
  }

  @Test
  void showsWhereSomebodyIsSignedInAndEndsThatOneByOneOrAtOnce(Running gitlab) {
    Person person = gitlab.newUser();
    Api own = pages(gitlab, person);
    Api[] others = {pages(gitlab, person), pages(gitlab, person), pages(gitlab, person)};
    Api stranger = pages(gitlab, gitlab.newUser());
    String page = own.get("/-/user_settings/password").expect(200).body();
    String end = page.replaceAll("(?s).*?(/-/user_settings/sessions/[^/\"]+/end)\".*", "$1");

    assertThat(page).contains("this browser").contains("127.0.0.1 · signed in");
    assertThat(page.split("End it", -1)).hasSize(4);
    form(stranger, end).expect(303);
    assertThat(own.get("/-/user_settings/password").body().split("End it", -1)).hasSize(4);
    form(own, end).expect(303);
    assertThat(own.get("/-/user_settings/password").body().split("End it", -1)).hasSize(3);
    form(own, "/-/user_settings/sessions/end_others").expect(303);

    for (Api other : others) {
      other.get("/dashboard").expect(303);
    }
    own.get("/dashboard").expect(200);
    stranger.get("/dashboard").expect(200);
  }

  @Test
  void letsAMaintainerManageMembersButNotAboveThemselves(Running gitlab) {
    long project = gitlab.newProject("private");
    String members = "/" + gitlab.path(project) + "/-/project_members";
    Api maintainer = pages(gitlab, gitlab.newMember(project, 40));
    Person person = gitlab.newUser();

    form(maintainer, members, "username", person.username(), "access_level", "30").expect(303);
    assertThat(maintainer.get(members).expect(200).body()).contains("@" + person.username());
    form(maintainer, members + "/" + person.id() + "/update", "access_level", "50").expect(404);
    form(maintainer, members, "username", "nobody-of-this-name", "access_level", "30").expect(422);
    form(maintainer, members + "/" + person.id() + "/remove").expect(303);

    assertThat(maintainer.get(members).body()).doesNotContain("@" + person.username());
  }

  @Test
  void makesAGroupWithAProjectInIt(Running gitlab) {
    String name = GitLabUnderTest.unique("harbour");
    Api person = pages(gitlab, gitlab.newUser());

    form(person, "/groups", "name", "Harbour", "path", name, "parent_id", "").expect(303);
    String id = gitlab.sqlValue("select namespace_id from routes where path = '" + name + "'");
    form(person, "/projects", "name", "Pier", "namespace_id", id).expect(303);

    assertThat(person.get("/" + name).expect(200).body()).contains("/" + name + "/pier");
    assertThat(
            form(person, "/groups", "name", "Again", "path", name, "parent_id", "")
                .expect(422)
                .body())
        .contains("has already been taken");
  }

  @Test
  void showsTheAuditToMaintainersAndRefusesAWrongPlaceInIt(Running gitlab) {
    long project = gitlab.newProject("private");
    long agent = gitlab.newAgent(project);
    String page =
        "/"
            + gitlab.path(project)
            + "/-/cluster_agents/"
            + gitlab.sqlValue("select name from cluster_agents where id = " + agent)
            + "?tab=audit";
    Api maintainer = pages(gitlab, gitlab.newMember(project, 40));

    assertThat(maintainer.get(page).expect(200).body()).contains("Nobody reached the cluster");
    assertThat(maintainer.get(page + "&verb=get").expect(200).body()).contains("No such request");
    maintainer.get(page + "&from_time=yesterday&from_id=1").expect(400);
  }

  @Test
  void sendsAssetsToBeKeptForEver(Running gitlab) {
    String page = gitlab.anonymous().get("/users/sign_in").expect(200).body();
    String css = page.replaceAll("(?s).*href=\"(/assets/[^\"]+/app.css)\".*", "$1");

    Api.Answer answer = gitlab.anonymous().get(css).expect(200);

    assertThat(answer.header("Cache-Control")).contains("immutable");
    assertThat(answer.header("Content-Type")).startsWith("text/css");
    assertThat(gitlab.anonymous().get(css.replace("app.css", "actioncable.js")).expect(200).body())
        .contains("createConsumer");
  }
}
