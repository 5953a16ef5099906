package io.mooring.kas.kubernetesapi;

import io.mooring.kas.access.Access;
import io.mooring.kas.access.Credential;
import io.mooring.kas.access.Credentials;
import io.mooring.kas.access.Decision;
import io.mooring.kas.access.Denied;
import io.mooring.kas.access.Granted;
import io.mooring.kas.access.InvalidCredentialException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether the caller of a request may do what it asks for (kubernetes-api.md 4 to 6), and, of one
 * that lasts, whether it still may. Lives on the event loop of the connection and tells its {@link
 * Exchange} there.
 */
final class Admission {
  private final KubernetesApi api;
  private final Connection connection;
  private final RequestHead head;
  private final Ledger ledger;
  private final Exchange exchange;
  private @Nullable Granted granted;
  private Access.@Nullable Watch watch;

  Admission(
      KubernetesApi api,
      Connection connection,
      RequestHead head,
      Ledger ledger,
      Exchange exchange) {
    this.api = api;
    this.connection = connection;
    this.head = head;
    this.ledger = ledger;
    this.exchange = exchange;
  }

  /** Asks; the answer may come before this returns. */
  void ask() {
    try {
      RequestHeaders.checkImpersonation(head);
      Credential presented = Credentials.parse(head);
      ledger.presents(presented);
      Optional<Decision> known = api.access().known(presented);
      if (known.isPresent()) {
        decided(presented, known.get());
      } else {
        api.decide(
            presented, connection, decision -> decided(presented, decision), this::undecided);
      }
    } catch (MalformedRequestException e) {
      exchange.refuse(e.refusal());
    } catch (InvalidCredentialException e) {
      exchange.refuse(Refusal.unauthorized(e.detail()));
    }
  }

  private void decided(Credential presented, Decision decision) {
    if (exchange.isOver()) {
      return;
    }
    switch (decision) {
      case Denied(int status, String message) -> exchange.refuse(new Refusal(status, message));
      case Granted access -> granted(presented, access);
    }
  }

  private void undecided() {
    if (!exchange.isOver()) {
      exchange.refuse(new Refusal(500, "Failed to authorize, see the log of kas"));
    }
  }

  private void granted(Credential presented, Granted access) {
    granted = access;
    ledger.isGranted(access);
    Optional<String> beyond = access.ceiling().refusal(ledger.request());
    if (beyond.isPresent()) {
      exchange.refuse(Refusal.forbidden(beyond.get()));
      return;
    }
    ledger.counts(api.usage(), access);
    if (exchange.isLong()) {
      watch =
          api.access()
              .watch(presented, access, denied -> connection.turns().execute(exchange::revoked));
    }
    exchange.admitted(access);
  }

  /** What GitLab granted; empty as long as it has not. */
  Optional<Granted> granted() {
    return Optional.ofNullable(granted);
  }

  /** Watches no more. */
  void close() {
    if (watch != null) {
      watch.close();
    }
  }
}
