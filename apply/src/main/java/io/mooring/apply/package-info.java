/**
 * The GitOps engine: keeps the objects of a cluster as a set of manifests says. Main type: {@link
 * io.mooring.apply.Engine}. One engine serves one manifest project; its threads are virtual and end
 * with {@link io.mooring.apply.Engine#close()}. It must not know of kas, gRPC, Git or the agent's
 * configuration file. How the parts work together: DESIGN.md beside this module's code.
 */
@NullMarked
package io.mooring.apply;

import org.jspecify.annotations.NullMarked;
