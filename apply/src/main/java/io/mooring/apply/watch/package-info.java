/**
 * Sees what happens in the cluster to what is managed: lists once, then watches, and begins anew
 * where the server has forgotten. Main type: {@link io.mooring.apply.watch.ListWatch}. One virtual
 * thread a watch; sinks are called by it. It must not know manifests, and keeps no objects.
 */
@NullMarked
package io.mooring.apply.watch;

import org.jspecify.annotations.NullMarked;
