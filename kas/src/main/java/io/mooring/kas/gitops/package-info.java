/**
 * Manifests for agents: which files of a commit an agent wants, and their way to it (modules.md 1).
 *
 * <p>Main type: {@link io.mooring.kas.gitops.Gitops}. Each RPC is blocking code on a virtual thread
 * of its own. Knows nothing of Kubernetes: a manifest is a file.
 */
@NullMarked
package io.mooring.kas.gitops;

import org.jspecify.annotations.NullMarked;
