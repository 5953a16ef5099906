/**
 * Remote development (modules.md 4): keeps the workspaces of the cluster as GitLab wants them, and
 * tells GitLab how they are. Main type: {@link
 * io.mooring.agentk.remotedevelopment.RemoteDevelopmentFeature}; the work is done by threads that
 * it owns. Knows nothing of what a workspace is made of.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.agentk.remotedevelopment;
