/**
 * The HTTP/1.1 proxy to the Kubernetes APIs of agents (kubernetes-api.md, tunnel.md 6).
 *
 * <p>Main type: {@link io.mooring.kas.kubernetesapi.KubernetesApi}. A connection and its requests
 * live on the event loop of its channel and never block; what has to wait for GitLab does so on a
 * virtual thread. Knows neither how access is decided nor how an agent is found.
 */
@NullMarked
package io.mooring.kas.kubernetesapi;

import org.jspecify.annotations.NullMarked;
