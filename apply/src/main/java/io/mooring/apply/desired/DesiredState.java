package io.mooring.apply.desired;

import io.mooring.apply.manifest.Manifest;
import io.mooring.apply.manifest.Problem;
import io.mooring.apply.object.ObjectRef;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a batch wants.
 *
 * @param objects everything that can be applied
 * @param later objects whose kind a CustomResourceDefinition of this batch brings; they are in
 *     {@code objects} too
 * @param errors why other objects cannot be applied
 */
public record DesiredState(
    Map<ObjectRef, Desired> objects, Set<ObjectRef> later, List<Problem> errors) {

  /** The objects of a batch that describe an inventory, apart from those that are applied. */
  public record Split(List<Manifest> inventories, List<Manifest> others) {}
}
