/**
 * Speaks with the API server: requests, lists and watches over fabric8's HTTP client, and which
 * kinds it serves. Main type: {@link io.mooring.apply.cluster.KubernetesApi}. Calls block, and are
 * meant for virtual threads; types are safe for any thread unless they say otherwise. It must not
 * know of manifests and inventories, and decides nothing.
 */
@NullMarked
package io.mooring.apply.cluster;

import org.jspecify.annotations.NullMarked;
