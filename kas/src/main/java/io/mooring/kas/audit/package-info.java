/**
 * One record for each request that was proxied to a cluster, or refused.
 *
 * <p>Main type: {@link io.mooring.kas.audit.AuditLog}. Adding never blocks; virtual threads write
 * the log and deliver to GitLab. Knows nothing of HTTP servers or tunnels.
 */
@NullMarked
package io.mooring.kas.audit;

import org.jspecify.annotations.NullMarked;
