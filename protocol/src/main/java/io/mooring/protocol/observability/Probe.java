package io.mooring.protocol.observability;

/**
 * Looks whether something a program needs is there.
 *
 * @param name shown in front of the error
 * @param check returns when all is well; runs on a virtual thread and ends within seconds
 */
public record Probe(String name, Check check) {
  /** What a probe does. */
  @FunctionalInterface
  public interface Check {
    /**
     * Returns when all is well.
     *
     * @throws ProbeFailedException otherwise
     */
    void run() throws ProbeFailedException;
  }
}
