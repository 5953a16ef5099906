package io.mooring.kas.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CeilingTest {
  private static final Optional<List<String>> FREE = Optional.empty();

  @Test
  void allowsEverythingWithoutALimit() {
    assertThat(refused(Ceiling.NONE, "DELETE /api/v1/namespaces")).isEmpty();
    assertThat(refused(Ceiling.NONE, "GET /api/v1//pods")).isEmpty();
  }

  @Test
  void limitsVerbs() {
    Ceiling reading = ceiling(list("get", "list", "watch"), FREE, FREE, true);

    assertThat(refused(reading, "GET /api/v1/pods?watch=1")).isEmpty();
    assertThat(refused(reading, "HEAD /api/v1/namespaces/ns/pods/p")).isEmpty();
    assertThat(refused(reading, "GET /api")).isEmpty();
    assertThat(refused(reading, "HEAD /healthz")).isEmpty();
    assertThat(refused(reading, "DELETE /api/v1/namespaces/ns/pods"))
        .isEqualTo(
            "the ceiling that the administrator set for this agent allows the verbs get, list,"
                + " watch (asked: deletecollection)");
    assertThat(refused(reading, "POST /apis")).contains("(asked: post)");
    assertThat(refused(reading, "TRACE /api/v1/pods")).contains("(asked: TRACE)");
    assertThat(refused(ceiling(list("*"), FREE, FREE, true), "DELETE /api/v1/pods")).isEmpty();
    assertThat(refused(ceiling(list(), FREE, FREE, true), "GET /api/v1/pods"))
        .contains("(none) (asked: list)");
  }

  @ParameterizedTest
  @CsvSource({"exec", "attach", "portforward"})
  void countsEnteringAPodAsCreateHoweverItIsAsked(String subresource) {
    Ceiling reading = ceiling(list("get", "list", "watch"), FREE, FREE, true);

    assertThat(refused(reading, "GET /api/v1/namespaces/ns/pods/p/" + subresource))
        .contains("(asked: create)");
    assertThat(
            refused(
                ceiling(list("create"), FREE, FREE, true),
                "GET /api/v1/namespaces/ns/pods/p/" + subresource))
        .isEmpty();
  }

  @Test
  void limitsNamespacesAndWithThemEveryRequestThatReachesBeyond() {
    Ceiling teams = ceiling(FREE, list("team-*", "shared"), FREE, true);

    assertThat(refused(teams, "GET /api/v1/namespaces/team-a/pods")).isEmpty();
    assertThat(refused(teams, "GET /api/v1/namespaces/team-a")).isEmpty();
    assertThat(refused(teams, "GET /api/v1/namespaces/shared/pods")).isEmpty();
    assertThat(refused(teams, "GET /apis/apps/v1")).as("discovery").isEmpty();
    assertThat(refused(teams, "GET /api/v1/namespaces/kube-system/secrets"))
        .contains("the namespaces team-*, shared (asked: kube-system)");
    assertThat(refused(teams, "GET /api/v1/pods")).contains("(asked: all namespaces)");
    assertThat(refused(teams, "GET /api/v1/pods?fieldSelector=metadata.namespace%3Dteam-a"))
        .contains("(asked: all namespaces)");
    assertThat(refused(teams, "GET /api/v1/nodes/n")).contains("(asked: all namespaces)");
    assertThat(refused(teams, "POST /api/v1/namespaces")).contains("(asked: all namespaces)");
    assertThat(refused(teams, "GET /api/v1/watch/namespaces/kube-system/secrets"))
        .contains("(asked: kube-system)");
    assertThat(refused(teams, "GET /api/v1//namespaces/team-a/pods")).contains("one way only");
    assertThat(refused(teams, "GET /api/v1/namespaces/team-a/../kube-system/secrets"))
        .contains("one way only");
  }

  @Test
  @Tag("fault-20")
  void limitsSubresourcesProxyAmongThem() {
    Ceiling logs = ceiling(FREE, FREE, list("log", "exec"), true);

    assertThat(refused(logs, "GET /api/v1/namespaces/ns/pods/p/log")).isEmpty();
    assertThat(refused(logs, "GET /api/v1/namespaces/ns/pods/p")).isEmpty();
    assertThat(refused(logs, "GET /api/v1/namespaces/ns/pods/p/proxy/admin"))
        .contains("the sub-resources log, exec (asked: proxy)");
    assertThat(refused(logs, "GET /api/v1/namespaces/ns/services/s:80/proxy"))
        .contains("(asked: proxy)");
    assertThat(refused(logs, "GET /api/v1/nodes/n/proxy/run")).contains("(asked: proxy)");
    assertThat(refused(logs, "GET /api/v1/proxy/nodes/n/run")).contains("(asked: proxy)");
    assertThat(refused(logs, "PUT /apis/apps/v1/namespaces/ns/deployments/d/scale"))
        .contains("(asked: scale)");
  }

  @Test
  void limitsPathsThatNameNoResource() {
    Ceiling resources = ceiling(FREE, FREE, FREE, false);

    assertThat(refused(resources, "GET /api/v1/pods")).isEmpty();
    assertThat(refused(resources, "GET /metrics")).contains("resources only (asked: /metrics)");
  }

  @Test
  void letsAnExcludedCallerDoNothing() {
    Ceiling excluded = new Ceiling(Optional.of("not you"), FREE, FREE, FREE, true);

    assertThat(refused(excluded, "GET /version")).isEqualTo("not you");
  }

  @ParameterizedTest
  @CsvSource({
    "team-*,team-a,true",
    "team-*,team-,true",
    "team-*,team,false",
    "*,x,true",
    "a*b*c,aXbYbZc,true",
    "a*b*c,aXbYbZ,false",
    "*-prod,a-prod,true",
    "*-prod,a-prod-b,false",
    "ns,ns,true",
    "ns,nss,false",
    "'',x,false",
    "a**,a,true",
  })
  void matchesNamesWithWildcards(String pattern, String name, boolean matches) {
    assertThat(Wildcard.matches(pattern, name)).isEqualTo(matches);
  }

  private static Ceiling ceiling(
      Optional<List<String>> verbs,
      Optional<List<String>> namespaces,
      Optional<List<String>> subresources,
      boolean others) {
    return new Ceiling(Optional.empty(), verbs, namespaces, subresources, others);
  }

  private static Optional<List<String>> list(String... values) {
    return Optional.of(List.of(values));
  }

  private static String refused(Ceiling ceiling, String line) {
    return ceiling.refusal(KubernetesRequestTest.request(line)).orElse("");
  }
}
