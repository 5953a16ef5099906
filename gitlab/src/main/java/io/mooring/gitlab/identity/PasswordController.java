package io.mooring.gitlab.identity;

import io.mooring.gitlab.http.ClientAddress;
import io.mooring.gitlab.http.Parameters;
import io.mooring.protocol.secret.Secret;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RestController;

/** Lets people change their own password; GitLab has it on a page only. */
@RestController
class PasswordController {
  private final UserChanges changes;
  private final Sessions sessions;
  private final SignInCookies cookies;
  private final TokenGenerator generator;
  private final ClientAddress addresses;

  PasswordController(
      UserChanges changes,
      Sessions sessions,
      SignInCookies cookies,
      TokenGenerator generator,
      ClientAddress addresses) {
    this.changes = changes;
    this.sessions = sessions;
    this.cookies = cookies;
    this.generator = generator;
    this.addresses = addresses;
  }

  /** Ends all sessions of the user; a browser goes on in a new one, with a new token. */
  @PutMapping("/api/v4/user/password")
  ResponseEntity<Map<String, String>> change(
      Caller caller, Parameters parameters, HttpServletRequest request) {
    User user = caller.requireUser();
    Secret current = Secret.of(parameters.requiredText("current_password"));
    Secret fresh = Secret.of(parameters.requiredText("password"));
    parameters.check();
    changes.changePassword(user, current, fresh, addresses.of(request));
    if (!(caller instanceof Caller.SignedIn)) {
      return ResponseEntity.noContent().build();
    }
    Sessions.Opened opened = sessions.open(user.id(), SessionOrigin.of(request, addresses));
    return ResponseEntity.ok()
        .headers(cookies.set(opened.publicId()))
        .body(Map.of("csrf_token", CsrfTokens.masked(opened.session(), generator)));
  }
}
