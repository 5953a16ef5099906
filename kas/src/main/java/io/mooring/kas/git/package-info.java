/**
 * Git as kas reads it: through Gitaly's RPCs, and only what changed.
 *
 * <p>Main type: {@link io.mooring.kas.git.Repositories}, whose answers are shared by all callers
 * that ask the same. Calls block and belong on virtual threads; what is shared runs on threads of
 * its own, so that no caller waits for another's leaving. Knows nothing of agents, manifests or
 * configuration.
 */
@NullMarked
package io.mooring.kas.git;

import org.jspecify.annotations.NullMarked;
