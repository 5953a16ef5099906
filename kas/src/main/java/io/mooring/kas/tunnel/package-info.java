/**
 * Carries RPCs to agents through the streams that agents keep open (tunnel.md 2 and 3).
 *
 * <p>Main type: {@link io.mooring.kas.tunnel.TunnelRegistry}, where a caller finds a tunnel of an
 * agent. Everything here is asynchronous and never blocks: each tunnel handles its events one after
 * another in a context of its own. Messages are opaque bytes. Knows nothing of other replicas, of
 * HTTP and of Kubernetes.
 */
@NullMarked
package io.mooring.kas.tunnel;

import org.jspecify.annotations.NullMarked;
