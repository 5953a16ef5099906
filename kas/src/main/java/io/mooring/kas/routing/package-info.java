/**
 * Brings an RPC for an agent to the replica of kas that has a tunnel of it (tunnel.md 4 and 5).
 *
 * <p>Main types: {@link io.mooring.kas.routing.RoutingChannel}, the way in, and {@link
 * io.mooring.kas.routing.Gateway}, what other replicas call. Streams are asynchronous and never
 * block; only the index in the store is read and written on virtual threads. Knows nothing of what
 * the messages mean.
 */
@NullMarked
package io.mooring.kas.routing;

import org.jspecify.annotations.NullMarked;
