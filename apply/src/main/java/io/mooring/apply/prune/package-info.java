/**
 * Decides what may be deleted. Main type: {@link io.mooring.apply.prune.PruneGuard}. Pure
 * functions, safe for any thread. Every rule that holds a deletion back is here and nowhere else.
 * It must not talk to the cluster.
 */
@NullMarked
package io.mooring.apply.prune;

import org.jspecify.annotations.NullMarked;
