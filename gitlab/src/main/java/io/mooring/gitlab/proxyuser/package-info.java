/**
 * Which people an agent lets into its cluster, and as whom: what the configuration says, what the
 * memberships are and what the ceiling leaves of it. Main type: {@link
 * io.mooring.gitlab.proxyuser.ProxyUsers}. Any thread. Knows nothing of credentials or of pages.
 */
@NullMarked
package io.mooring.gitlab.proxyuser;

import org.jspecify.annotations.NullMarked;
