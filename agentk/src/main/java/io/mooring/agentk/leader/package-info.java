/**
 * One Pod of an agent leads, by a Lease (modules.md 7). Main types: {@link
 * io.mooring.agentk.leader.Leadership}, one thread, and {@link
 * io.mooring.agentk.leader.LeaderOnly}, which runs a feature while this Pod leads. Compatible with
 * the original's client-go on other Pods. Knows no particular feature.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.agentk.leader;
