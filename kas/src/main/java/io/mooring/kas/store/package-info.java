/**
 * What the replicas of kas share: Redis, or memory when there is one replica.
 *
 * <p>Main type: {@link io.mooring.kas.store.Store}. Keys and values in Redis are byte for byte
 * those of the original (redis-observability.md 1 and 2). Calls block for at most the configured
 * time and belong on virtual threads. Knows nothing of what the entries mean.
 */
@NullMarked
package io.mooring.kas.store;

import org.jspecify.annotations.NullMarked;
