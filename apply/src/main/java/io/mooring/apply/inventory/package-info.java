/**
 * The list of what is managed, kept in a ConfigMap of the cluster in the format of
 * kubernetes-sigs/cli-utils. Main type: {@link io.mooring.apply.inventory.InventoryStore}. Used by
 * one thread of an engine at a time. It must not decide what is applied or pruned.
 */
@NullMarked
package io.mooring.apply.inventory;

import org.jspecify.annotations.NullMarked;
