/**
 * Which build is running. Main type: {@link io.mooring.protocol.build.BuildInfo}. Immutable, any
 * thread. Knows nothing of the programs that announce it.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.protocol.build;
