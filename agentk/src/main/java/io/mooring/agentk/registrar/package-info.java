/**
 * Tells kas every five minutes that this Pod is alive and what its cluster runs (modules.md 6).
 * Main type: {@link io.mooring.agentk.registrar.Registrar}, one thread. Knows no other feature.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.agentk.registrar;
