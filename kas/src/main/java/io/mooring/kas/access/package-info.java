/**
 * Who calls the Kubernetes API of a cluster, with what credential, as whom, and within which
 * ceiling.
 *
 * <p>Main type: {@link io.mooring.kas.access.Access}, whose answers are {@link
 * io.mooring.kas.access.Decision}s. Thread-safe. Knows nothing of HTTP servers or tunnels.
 */
@NullMarked
package io.mooring.kas.access;

import org.jspecify.annotations.NullMarked;
