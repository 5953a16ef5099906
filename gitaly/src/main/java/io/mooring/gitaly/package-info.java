/**
 * The Git server: serves bare repositories over GitLab's Gitaly protocol (gitlab-side.md 8). Main
 * type: {@link io.mooring.gitaly.GitalyServer}. Wires the features together by constructors; every
 * call runs on its own virtual thread. Knows no Kubernetes and no agent.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.gitaly;
