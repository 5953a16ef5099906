/**
 * Jobs, as far as their tokens are concerned: which clusters a job may use. Main type: {@code
 * Jobs}. Runs on request threads. Knows nothing of how jobs are started.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.gitlab.ci;
