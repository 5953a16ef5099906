/**
 * What agents report of their clusters, on its way to GitLab. An addition to the original's
 * services.
 *
 * <p>Main type: {@link io.mooring.kas.events.AgentEvents}. Handlers block on virtual threads;
 * nothing is kept here. Knows nothing of what the events say.
 */
@NullMarked
package io.mooring.kas.events;

import org.jspecify.annotations.NullMarked;
