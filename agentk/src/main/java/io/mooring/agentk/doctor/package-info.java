/**
 * {@code agentk doctor}: looks step by step at what stands between this agent, kas and the cluster,
 * and says what to do. Main type: {@link io.mooring.agentk.doctor.Doctor}. It goes the way that the
 * agent goes, on connections of its own, one after the other on the calling thread. It registers
 * nothing, offers no tunnel and writes nothing to the cluster.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.agentk.doctor;
