package io.mooring.apply.manifest;

import java.util.List;

/**
 * What a set of files says.
 *
 * @param manifests every object that could be read, in the order of the files
 * @param errors what could not be read
 * @param warnings what was read, but hardly as it was meant
 */
public record Reading(List<Manifest> manifests, List<Problem> errors, List<Problem> warnings) {
  public Reading {
    manifests = List.copyOf(manifests);
    errors = List.copyOf(errors);
    warnings = List.copyOf(warnings);
  }
}
