package io.mooring.apply.prune;

import java.util.Optional;

/**
 * Decides whether the prune of a cycle goes ahead. This is the one place where a prune is held
 * back:
 *
 * <ol>
 *   <li>pruning is switched off: nothing is deleted, nobody has to decide;
 *   <li>the cycle has errors (a file that cannot be read, an object that cannot be applied):
 *       nothing is deleted, the next cycle tries again;
 *   <li>the source is empty, or has no objects: nothing is deleted until a person names the commit;
 *   <li>more than {@link PruneOptions#maxPercent} of the inventory <em>and</em> more than {@value
 *       #SMALL} objects would go: nothing is deleted until a person names the commit or sets {@link
 *       PruneOptions#allowLarge}.
 * </ol>
 *
 * A person names the commit in the annotation {@value #ALLOW} of the inventory ConfigMap. It allows
 * that commit and no other.
 */
public final class PruneGuard {
  /**
   * Annotation of the inventory ConfigMap: the commit whose prune is allowed, whatever its size.
   */
  public static final String ALLOW = "mooring.dev/allow-prune";

  /** So few objects go at any share: one of two is an everyday change. */
  public static final int SMALL = 3;

  private PruneGuard() {}

  /**
   * What a prune is judged by.
   *
   * @param commitId the commit of the batch
   * @param errors how many files and objects failed in this cycle
   * @param objects how many objects the manifests name
   * @param inventory how many objects were managed before
   * @param candidates how many of those no manifest names any more
   * @param allowed the commit that the inventory's annotation names
   */
  public record Case(
      String commitId,
      int errors,
      int objects,
      int inventory,
      int candidates,
      Optional<String> allowed) {}

  /** The verdict; a text says why nothing is deleted and what a person can do. */
  public sealed interface Verdict {
    /** Go ahead. */
    record Proceed() implements Verdict {}

    /** Not in this cycle; nobody has to decide anything. */
    record Skip(String why) implements Verdict {}

    /** Not before a person has decided. */
    record Halt(String why) implements Verdict {}
  }

  /** Judges a prune. */
  public static Verdict judge(Case prune, PruneOptions options) {
    if (prune.candidates() == 0) {
      return new Verdict.Proceed();
    }
    String leaving = objects(prune.candidates()) + " that left the manifests";
    if (!options.enabled()) {
      return new Verdict.Skip("kept, because pruning is switched off: " + leaving);
    }
    if (prune.errors() > 0) {
      return new Verdict.Skip("kept until a cycle has no errors: " + leaving);
    }
    if (prune.allowed().filter(prune.commitId()::equals).isPresent()) {
      return new Verdict.Proceed();
    }
    if (prune.objects() == 0) {
      return new Verdict.Halt("the commit has no manifests; kept: " + leaving + ". " + way(prune));
    }
    boolean large =
        prune.candidates() > SMALL
            && 100L * prune.candidates() > (long) options.maxPercent() * prune.inventory();
    if (large && !options.allowLarge()) {
      return new Verdict.Halt(
          "%d of %d managed objects (%d %%) left the manifests, more than %d %%: nothing is pruned. %s"
              .formatted(
                  prune.candidates(),
                  prune.inventory(),
                  100L * prune.candidates() / Math.max(1, prune.inventory()),
                  options.maxPercent(),
                  way(prune)));
    }
    return new Verdict.Proceed();
  }

  private static String objects(int count) {
    return count == 1 ? "1 object" : count + " objects";
  }

  private static String way(Case prune) {
    return "If this is meant, annotate the inventory ConfigMap with "
        + ALLOW
        + "="
        + prune.commitId();
  }
}
