/**
 * Jobs that a CI outside this application runs: what starts one, the token that is worth something
 * while it runs, the kubeconfig it gets, and which clusters it may use. Main types: {@code Jobs},
 * {@code JobStart}, {@code AllowedAgents}. Runs on request threads; a scheduled sweep writes down
 * what ran out of time. Knows nothing of what jobs do.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.gitlab.ci;
