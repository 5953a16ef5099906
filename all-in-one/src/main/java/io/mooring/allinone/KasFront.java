package io.mooring.allinone;

import java.net.URI;
import java.util.Optional;

/**
 * Where others are told that kas is: at the one replica, or at what stands in front of several.
 *
 * @param agents what agents dial
 * @param gitlab loopback port of the API for GitLab
 * @param kubernetes loopback port of the Kubernetes API proxy
 * @param browsers loopback port of the same in clear text: the pages come in clear text too, and a
 *     browser sends no cookie from http to https
 */
record KasFront(URI agents, int gitlab, int kubernetes, Optional<Integer> browsers) {

  /** Straight at one replica, in clear text. */
  static KasFront of(KasPorts kas) {
    return new KasFront(
        URI.create("grpc://127.0.0.1:" + kas.agents()),
        kas.gitlab(),
        kas.kubernetes(),
        Optional.empty());
  }

  /** The same with another way for GitLab. */
  KasFront withGitlab(int port) {
    return new KasFront(agents, port, kubernetes, browsers);
  }

  /** The same with a way for browsers. */
  KasFront withBrowsers(int port) {
    return new KasFront(agents, gitlab, kubernetes, Optional.of(port));
  }

  /** What kubectl dials. */
  URI kubernetesUrl() {
    return URI.create("https://127.0.0.1:" + kubernetes);
  }
}
