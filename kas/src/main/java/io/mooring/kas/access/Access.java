package io.mooring.kas.access;

import java.util.Optional;
import java.util.function.Consumer;

/** Decides about callers. Thread-safe. */
public interface Access {
  /**
   * What is known about a credential already. Never blocks and costs next to nothing; empty when
   * {@link #decide} has to be asked.
   */
  Optional<Decision> known(Credential credential);

  /**
   * Decides, asking GitLab where nothing is known. Blocks: for virtual threads.
   *
   * @param clientAddress IP address of the client without port; one that tries many wrong
   *     credentials is refused without asking
   */
  Decision decide(Credential credential, String clientAddress);

  /**
   * Keeps looking whether access is still granted, while a request of long duration runs. To be
   * called for every watch, log stream and upgraded connection.
   *
   * @param granted what the request was let in with
   * @param onDenied told once, on a virtual thread, when GitLab denies the access or grants another
   *     one (an identity, a role or a ceiling has changed); the request has to be ended then
   * @return to be closed when the request ends
   */
  Watch watch(Credential credential, Granted granted, Consumer<Denied> onDenied);

  /** A look at a running request. */
  interface Watch extends AutoCloseable {
    /** The request has ended. Never blocks; a second time does nothing. */
    @Override
    void close();
  }
}
