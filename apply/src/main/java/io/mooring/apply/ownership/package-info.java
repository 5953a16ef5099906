/**
 * Whose an object is, and whose each of its fields: the owner annotation of inventories and the
 * server's managedFields. Main types: {@link io.mooring.apply.ownership.InventoryPolicy} and {@link
 * io.mooring.apply.ownership.FieldOwnership}. Pure functions, safe for any thread. It must not talk
 * to the cluster.
 */
@NullMarked
package io.mooring.apply.ownership;

import org.jspecify.annotations.NullMarked;
