/**
 * Reports what happens in the cluster to kas (service {@code AgentEvents}, an addition of this
 * project). Main type: {@link io.mooring.agentk.events.EventReporter}. Those who report only leave
 * a note in an {@link io.mooring.agentk.events.Outbox}, where the newest replaces what it
 * overtakes; one thread sends. A kas without the service is no error.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.agentk.events;
