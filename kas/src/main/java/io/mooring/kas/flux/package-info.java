/**
 * Tells agents which projects were pushed to, so that Flux looks at them at once (modules.md 2.1).
 *
 * <p>Main type: {@link io.mooring.kas.flux.Flux}. Each RPC is blocking code on a virtual thread of
 * its own; pushes reach it through a queue. Knows nothing of Git or of Flux: a project is a path.
 */
@NullMarked
package io.mooring.kas.flux;

import org.jspecify.annotations.NullMarked;
