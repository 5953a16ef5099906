/**
 * Who calls: agents by token, GitLab and other replicas by JWT.
 *
 * <p>Main type: {@link io.mooring.kas.identity.AgentToken}, which travels in the gRPC context of an
 * RPC; {@link io.mooring.kas.identity.AgentLookup} tells whose it is. Interceptors run on the
 * thread of the call and never block. Knows nothing of how GitLab is asked.
 */
@NullMarked
package io.mooring.kas.identity;

import org.jspecify.annotations.NullMarked;
