package io.mooring.gitlab.identity;

import io.mooring.protocol.secret.Secret;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Lets people in by name and password, whether through the sign-in form or git. Thread-safe. */
@Component
public class PasswordLogin {
  private static final Logger log = LoggerFactory.getLogger(PasswordLogin.class);

  private final Users users;
  private final SignInThrottle throttle;

  PasswordLogin(Users users, SignInThrottle throttle) {
    this.users = users;
    this.throttle = throttle;
  }

  /** What came of an attempt. */
  public sealed interface Outcome {
    /** The user is who they say. */
    record Accepted(User user) implements Outcome {}

    /** Unknown name, wrong password, or a blocked account: the caller is not told which. */
    record Refused() implements Outcome {}

    /** Too many failures before; the password was not looked at. */
    record Throttled() implements Outcome {}
  }

  /** Judges one attempt from an address. */
  public Outcome attempt(String login, Secret password, String address) {
    if (!throttle.permits(login, address)) {
      log.atWarn().addKeyValue("net_address", address).log("Sign-in throttled");
      return new Outcome.Throttled();
    }
    Optional<User> user = users.authenticate(login, password).filter(found -> !found.blocked());
    if (user.isEmpty()) {
      throttle.noteFailure(login, address);
      log.atInfo().addKeyValue("net_address", address).log("Sign-in refused");
      return new Outcome.Refused();
    }
    throttle.noteSuccess(login, address);
    return new Outcome.Accepted(user.get());
  }
}
