/**
 * Turns manifests into what the cluster is to hold: kinds looked up, namespaces filled in, owner
 * and label added. Main type: {@link io.mooring.apply.desired.Resolver}. Used by one thread at a
 * time. It reads from the cluster which kinds it serves and nothing else; it must not know live
 * objects.
 */
@NullMarked
package io.mooring.apply.desired;

import org.jspecify.annotations.NullMarked;
