package io.mooring.apply.report;

import io.mooring.apply.manifest.Position;
import io.mooring.apply.object.ObjectRef;
import io.mooring.apply.status.Health;

/**
 * What is known of one managed object.
 *
 * @param message why the action or the health is what it is; empty when there is nothing to say
 * @param source where its manifest stands; {@link Position#NONE} for objects that are being pruned
 */
public record ObjectState(
    ObjectRef object, Action action, Health health, String message, Position source) {}
