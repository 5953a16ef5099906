package io.mooring.kas.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KubernetesRequestTest {
  /** Columns: request, verb, group/version, namespace, resource/subresource, name. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET /api/v1/namespaces/ns/pods              | list   | /v1 | ns | pods/ | ''",
        "GET /api/v1/namespaces/ns/pods/             | list   | /v1 | ns | pods/ | ''",
        "HEAD /api/v1/namespaces/ns/pods/p           | get    | /v1 | ns | pods/ | p",
        "GET /api/v1/namespaces/ns/pods/p            | get    | /v1 | ns | pods/ | p",
        "GET /api/v1/namespaces/ns/pods/p?watch=true | get    | /v1 | ns | pods/ | p",
        "POST /api/v1/namespaces/ns/pods             | create | /v1 | ns | pods/ | ''",
        "PUT /api/v1/namespaces/ns/pods/p            | update | /v1 | ns | pods/ | p",
        "PATCH /api/v1/namespaces/ns/pods/p          | patch  | /v1 | ns | pods/ | p",
        "DELETE /api/v1/namespaces/ns/pods/p         | delete | /v1 | ns | pods/ | p",
        "DELETE /api/v1/namespaces/ns/pods           | deletecollection | /v1 | ns | pods/ | ''",
        "GET /api/v1/pods                            | list   | /v1 | '' | pods/ | ''",
        "GET /api/v1/pods?watch                      | watch  | /v1 | '' | pods/ | ''",
        "GET /api/v1/pods?watch=1                    | watch  | /v1 | '' | pods/ | ''",
        "GET /api/v1/pods?watch=0                    | list   | /v1 | '' | pods/ | ''",
        "GET /api/v1/pods?watch=False                | list   | /v1 | '' | pods/ | ''",
        "GET /api/v1/pods?watch=no                   | watch  | /v1 | '' | pods/ | ''",
        "GET /api/v1/pods?watch=false&watch=true     | list   | /v1 | '' | pods/ | ''",
        "GET /api/v1/watch/namespaces/ns/pods        | watch  | /v1 | ns | pods/ | ''",
        "GET /api/v1/watch/pods                      | watch  | /v1 | '' | pods/ | ''",
        "GET /api/v1/watch/namespaces/ns/pods/p      | watch  | /v1 | ns | pods/ | p",
        "GET /api/v1/proxy/namespaces/ns/services/s/x | proxy | /v1 | ns | services/ | s",
        "GET /api/v1/namespaces                      | list   | /v1 | '' | namespaces/ | ''",
        "GET /api/v1/namespaces/ns                   | get    | /v1 | ns | namespaces/ | ns",
        "PUT /api/v1/namespaces/ns/status            | update | /v1 | ns | namespaces/status | ns",
        "PUT /api/v1/namespaces/ns/finalize          | update | /v1 | ns | namespaces/finalize | ns",
        "GET /api/v1/nodes/n/proxy/logs/a            | get    | /v1 | '' | nodes/proxy | n",
        "POST /api/v1/namespaces/ns/pods/p/exec      | create | /v1 | ns | pods/exec | p",
        "GET /api/v1/namespaces/ns/pods/p/exec?command=ls | get | /v1 | ns | pods/exec | p",
        "GET /api/v1/namespaces/ns/pods/p/log?follow=true | get | /v1 | ns | pods/log | p",
        "GET /api/v1/namespaces/ns/pods/p/proxy/a/b  | get    | /v1 | ns | pods/proxy | p",
        "POST /api/v1/namespaces/ns/pods/p/portforward | create | /v1 | ns | pods/portforward | p",
        "GET /apis/apps/v1/namespaces/ns/deployments/d/scale | get | apps/v1 | ns | deployments/scale | d",
        "GET /apis/apps/v1/watch/namespaces/ns/deployments | watch | apps/v1 | ns | deployments/ | ''",
        "GET /apis/rbac.authorization.k8s.io/v1/clusterroles | list | rbac.authorization.k8s.io/v1 | '' | clusterroles/ | ''",
        "GET /api/v1/pods?fieldSelector=metadata.name%3Dp | list | /v1 | '' | pods/ | p",
        "GET /api/v1/pods?fieldSelector=a%3Db,metadata.name%3D%3Dp | list | /v1 | '' | pods/ | p",
        "GET /api/v1/pods?fieldSelector=metadata.name!%3Dp | list | /v1 | '' | pods/ | ''",
        "OPTIONS /api/v1/pods                        | ''     | /v1 | '' | pods/ | ''",
        "get /api/v1/pods                            | ''     | /v1 | '' | pods/ | ''",
        "GET /api/v1/namespaces/ns/pods%2Fp%2Fexec   | get    | /v1 | ns | pods/exec | p",
      })
  void readsResourcesAsAnApiServerDoes(
      String line, String verb, String group, String namespace, String resource, String name) {
    KubernetesRequest request = request(line);

    assertThat(request.resourceRequest()).isTrue();
    assertThat(request.verb()).isEqualTo(verb);
    assertThat(request.apiGroup() + "/" + request.apiVersion()).isEqualTo(group);
    assertThat(request.namespace()).isEqualTo(namespace);
    assertThat(request.resource() + "/" + request.subresource()).isEqualTo(resource);
    assertThat(request.name()).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /",
        "GET /api",
        "GET /api/v1",
        "GET /api/v1/",
        "GET /apis",
        "GET /apis/apps",
        "GET /apis/apps/v1",
        "GET /healthz",
        "GET /openapi/v3/apis/apps/v1",
        "GET /version",
        "GET /API/v1/pods",
        "GET /api/v1/watch",
        "GET /logs/kube-apiserver.log",
      })
  void readsOtherPathsAsNoResource(String line) {
    KubernetesRequest request = request(line);

    assertThat(request.resourceRequest()).isFalse();
    assertThat(request.verb()).isEqualTo("get");
    assertThat(request.resource() + request.namespace() + request.name()).isEmpty();
  }

  @ParameterizedTest
  @Tag("fault-19")
  @ValueSource(
      strings = {
        "GET /api/v1//pods",
        "GET /api/v1/namespaces/../pods",
        "GET /api/v1/./pods",
        "GET /api/v1/namespaces/ns/pods/%2e%2e/secrets",
        "GET /api/v1/namespaces/ns\\pods",
      })
  void knowsPathsThatCanBeReadInTwoWays(String line) {
    assertThat(request(line).isAmbiguous()).isTrue();
    assertThat(request("GET /api/v1/pods/").isAmbiguous()).isFalse();
    assertThat(request("GET /").isAmbiguous()).isFalse();
  }

  static KubernetesRequest request(String line) {
    String[] words = line.split(" ", 2);
    String[] target = words[1].split("\\?", 2);
    String query = target.length > 1 ? target[1] : "";
    Function<String, List<String>> values =
        name -> {
          List<String> found = new ArrayList<>();
          for (String pair : query.split("&", -1)) {
            String[] sides = pair.split("=", 2);
            if (sides[0].equals(name)) {
              found.add(decoded(sides.length > 1 ? sides[1] : ""));
            }
          }
          return found;
        };
    return KubernetesRequest.of(words[0], decoded(target[0]), values);
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }
}
