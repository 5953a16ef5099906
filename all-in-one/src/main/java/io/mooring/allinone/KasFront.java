package io.mooring.allinone;

import java.net.URI;

/**
 * Where others are told that kas is: at the one replica, or at what stands in front of several.
 *
 * @param agents what agents dial
 * @param gitlab loopback port of the API for GitLab
 * @param kubernetes loopback port of the Kubernetes API proxy
 */
record KasFront(URI agents, int gitlab, int kubernetes) {

  /** Straight at one replica, in clear text. */
  static KasFront of(KasPorts kas) {
    return new KasFront(
        URI.create("grpc://127.0.0.1:" + kas.agents()), kas.gitlab(), kas.kubernetes());
  }

  /** The same with another way for GitLab. */
  KasFront withGitlab(int port) {
    return new KasFront(agents, port, kubernetes);
  }

  /** What kubectl dials. */
  URI kubernetesUrl() {
    return URI.create("https://127.0.0.1:" + kubernetes);
  }
}
