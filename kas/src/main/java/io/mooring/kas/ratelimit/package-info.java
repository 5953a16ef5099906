/**
 * Limits on how often something may happen.
 *
 * <p>Main types: {@link io.mooring.kas.ratelimit.TokenBucketLimit} makes callers of others wait;
 * {@link io.mooring.kas.ratelimit.AgentRpcLimit} refuses agents that call too often; {@link
 * io.mooring.kas.ratelimit.RefusalLimit} stops machines that try tokens. Thread-safe.
 */
@NullMarked
package io.mooring.kas.ratelimit;

import org.jspecify.annotations.NullMarked;
