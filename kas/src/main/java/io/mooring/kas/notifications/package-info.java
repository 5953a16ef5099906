/**
 * News of Git pushes: taken from GitLab, shared with the other replicas, handed to who waits for
 * them.
 *
 * <p>Main type: {@link io.mooring.kas.notifications.GitPushEvents}. Delivery is at most once and
 * best effort; correctness comes from polling. Knows nothing of Git.
 */
@NullMarked
package io.mooring.kas.notifications;

import org.jspecify.annotations.NullMarked;
