package io.mooring.apply.cycle;

import io.mooring.apply.inventory.InventoryIdentity;
import io.mooring.apply.report.SyncResult;
import java.util.Optional;

/**
 * How a cycle ended.
 *
 * @param inventory the inventory it worked with, when it came so far
 * @param pending whether objects are still on their way out, so that a cycle has to follow when
 *     they are gone
 */
public record CycleEnd(SyncResult result, Optional<InventoryIdentity> inventory, boolean pending) {}
