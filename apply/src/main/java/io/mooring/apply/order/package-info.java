/**
 * The order in which objects are applied and pruned. Main types: {@link
 * io.mooring.apply.order.ApplyOrder} and {@link io.mooring.apply.order.PruneOrder}. Pure functions,
 * safe for any thread. It must not know the cluster, nor how long anything takes.
 */
@NullMarked
package io.mooring.apply.order;

import org.jspecify.annotations.NullMarked;
