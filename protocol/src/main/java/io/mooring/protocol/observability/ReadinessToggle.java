package io.mooring.protocol.observability;

/**
 * A probe that fails with {@code not ready yet} until something, such as a listener, is up. Any
 * thread.
 */
public final class ReadinessToggle {
  private volatile boolean ready;

  /** From now on the probe passes. */
  public void ready() {
    ready = true;
  }

  /** From now on the probe fails, such as while the program stops. */
  public void notReady() {
    ready = false;
  }

  /** The probe to register. */
  public Probe probe(String name) {
    return new Probe(
        name,
        () -> {
          if (!ready) {
            throw new ProbeFailedException("not ready yet");
          }
        });
  }
}
