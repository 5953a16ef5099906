/**
 * What a live object says about itself: current, in progress, failed or terminating. Main type:
 * {@link io.mooring.apply.status.StatusRules}. Pure functions, safe for any thread. It must not
 * know of manifests, owners or the network.
 */
@NullMarked
package io.mooring.apply.status;

import org.jspecify.annotations.NullMarked;
