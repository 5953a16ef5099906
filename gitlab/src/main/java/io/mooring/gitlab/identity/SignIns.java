package io.mooring.gitlab.identity;

import io.mooring.gitlab.http.ClientAddress;
import io.mooring.protocol.secret.Secret;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.stereotype.Component;

/** Begins sessions, whether a program or a form asks. Thread-safe. */
@Component
public class SignIns {
  private final Sessions sessions;
  private final PasswordLogin login;
  private final ClientAddress addresses;

  SignIns(Sessions sessions, PasswordLogin login, ClientAddress addresses) {
    this.sessions = sessions;
    this.login = login;
    this.addresses = addresses;
  }

  /** What came of an attempt. */
  public sealed interface Outcome {
    /** A session of this user. */
    record SignedIn(User user, Sessions.Opened opened) implements Outcome {}

    /** Name or password is wrong; which of them is not told. */
    record Refused() implements Outcome {}

    /** Too many failures before; the password was not looked at. */
    record Throttled() implements Outcome {}
  }

  /** Judges one attempt and ends the session it came from when it succeeds. */
  public Outcome attempt(String name, Secret password, HttpServletRequest request) {
    return switch (login.attempt(name, password, addresses.of(request))) {
      case PasswordLogin.Outcome.Refused() -> new Outcome.Refused();
      case PasswordLogin.Outcome.Throttled() -> new Outcome.Throttled();
      case PasswordLogin.Outcome.Accepted(User user) -> {
        // A new id, so that one planted in the browser before is worth nothing.
        SessionCookie.of(request).flatMap(sessions::find).ifPresent(sessions::close);
        yield new Outcome.SignedIn(
            user, sessions.open(user.id(), SessionOrigin.of(request, addresses)));
      }
    };
  }
}
