package io.mooring.allinone;

/**
 * The loopback ports of one replica of kas.
 *
 * @param agents gRPC for agents
 * @param gitlab gRPC for GitLab
 * @param kubernetes the Kubernetes API proxy
 * @param replicas gRPC for other replicas
 * @param metrics metrics and probes
 */
record KasPorts(int agents, int gitlab, int kubernetes, int replicas, int metrics) {

  /** The ports that kas has by default, as far as they are free. */
  static KasPorts usual(Ports ports) {
    return new KasPorts(
        ports.preferably(8150, "kas for agents"),
        ports.preferably(8153, "kas for GitLab"),
        ports.preferably(8154, "the Kubernetes API proxy of kas"),
        ports.preferably(8155, "kas for replicas"),
        ports.preferably(8151, "metrics of kas"));
  }

  /** Any free ports. */
  static KasPorts free(Ports ports) {
    return new KasPorts(ports.free(), ports.free(), ports.free(), ports.free(), ports.free());
  }
}
