/**
 * Requests of agents' modules to GitLab, carried over gRPC (gitlab-api.md 4).
 *
 * <p>Main type: {@link io.mooring.kas.gitlabaccess.GitLabAccess}. One virtual thread for each
 * exchange. Knows no module.
 */
@NullMarked
package io.mooring.kas.gitlabaccess;

import org.jspecify.annotations.NullMarked;
