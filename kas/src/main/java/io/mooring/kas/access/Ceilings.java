package io.mooring.kas.access;

import io.mooring.kas.gitlab.CeilingDocument;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Makes the ceiling of a caller from the one of an agent. */
final class Ceilings {
  private static final String BEGINNING =
      "the ceiling that the administrator set for this agent allows ";

  private Ceilings() {}

  /**
   * Who asks.
   *
   * @param identity kind of the identity that the configuration gives
   * @param projects that give access, or of the CI job
   * @param groups that give access, or around the CI job's project
   * @param subject what these projects belong to, for texts
   */
  record Applicant(String identity, List<Long> projects, List<Long> groups, String subject) {}

  static Ceiling of(CeilingDocument document, Applicant applicant) {
    if (document.equals(CeilingDocument.NONE)) {
      return Ceiling.NONE;
    }
    return new Ceiling(
        exclusion(document, applicant),
        document.verbs(),
        document.namespaces(),
        document.subresources(),
        document.nonResourcePaths());
  }

  private static Optional<String> exclusion(CeilingDocument document, Applicant applicant) {
    if (document.identities().isPresent()
        && !document.identities().get().contains(applicant.identity())) {
      return Optional.of(
          BEGINNING
              + "the identities "
              + shown(document.identities().get())
              + " (the configuration says: "
              + applicant.identity()
              + ")");
    }
    boolean open = document.projects().isEmpty() && document.groups().isEmpty();
    if (open
        || isListed(document.projects(), applicant.projects())
        || isListed(document.groups(), applicant.groups())) {
      return Optional.empty();
    }
    return Optional.of(
        BEGINNING
            + "the projects "
            + shown(document.projects().orElse(List.of()))
            + " and the groups "
            + shown(document.groups().orElse(List.of()))
            + ", in none of which "
            + applicant.subject()
            + " is");
  }

  private static boolean isListed(Optional<List<Long>> allowed, List<Long> ids) {
    return allowed.isPresent() && ids.stream().anyMatch(allowed.get()::contains);
  }

  private static String shown(Collection<?> values) {
    return values.isEmpty()
        ? "(none)"
        : String.join(", ", values.stream().map(String::valueOf).toList());
  }
}
