/**
 * Manifests from Git into the cluster (modules.md 1.4-1.6). Main type: {@link
 * io.mooring.agentk.gitops.GitopsFeature}: one {@link io.mooring.agentk.gitops.ProjectWatch} and
 * one engine a manifest project, on a thread of their own. Only whole batches reach an engine.
 * Knows nothing of how objects are applied.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.agentk.gitops;
