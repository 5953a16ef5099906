/**
 * Reads manifests: files in, objects with their positions and a list of problems out. Main type:
 * {@link io.mooring.apply.manifest.ManifestReader}. Pure functions, safe for any thread. The input
 * is untrusted: every size is limited. It must not know the cluster.
 */
@NullMarked
package io.mooring.apply.manifest;

import org.jspecify.annotations.NullMarked;
