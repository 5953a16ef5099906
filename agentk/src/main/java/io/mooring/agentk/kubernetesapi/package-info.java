/**
 * Executes HTTP requests that come through the tunnel at the cluster's API server (tunnel.md 6.3,
 * kubernetes-api.md 7).
 *
 * <p>Main type: {@link io.mooring.agentk.kubernetesapi.ApiProxy}. All of it lives on one event loop
 * and never blocks it: a byte is read from one side only when the other side takes it. Knows HTTP
 * and how to reach the API server, but no kind of object and nothing of tunnels.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.agentk.kubernetesapi;
