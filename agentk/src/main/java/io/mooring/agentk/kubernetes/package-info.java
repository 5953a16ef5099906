/**
 * Access to the API server of the agent's cluster. Main type: {@link
 * io.mooring.agentk.kubernetes.Cluster}. Credentials, TLS and reconnects are fabric8's; small
 * documents are sent and read as JSON without its models. Safe for any thread. Knows no feature.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.agentk.kubernetes;
