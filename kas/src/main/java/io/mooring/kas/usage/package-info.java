/**
 * Usage figures for GitLab.
 *
 * <p>Main type: {@link io.mooring.kas.usage.UsageCounters}. Counting is lock-free for callers; one
 * virtual thread sends. Knows nothing of the features that count.
 */
@NullMarked
package io.mooring.kas.usage;

import org.jspecify.annotations.NullMarked;
