/**
 * GitLab's REST API as kas uses it (gitlab-api.md).
 *
 * <p>Main type: {@link io.mooring.kas.gitlab.ProjectLookup} and its neighbours, backed by one
 * client. Calls block and belong on virtual threads; callers of one key share one request. Knows
 * nothing of gRPC services.
 */
@NullMarked
package io.mooring.kas.gitlab;

import org.jspecify.annotations.NullMarked;
