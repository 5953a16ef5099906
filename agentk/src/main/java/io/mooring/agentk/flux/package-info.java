/**
 * Makes Flux look at a Git repository as soon as somebody pushes to it (modules.md 2.2): gives
 * every GitRepository of our GitLab a Receiver, and calls its webhook when kas tells of a push.
 * Main type: {@link io.mooring.agentk.flux.FluxFeature}; all work is done by threads that it owns.
 * Knows Flux by the names of its objects alone.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.agentk.flux;
