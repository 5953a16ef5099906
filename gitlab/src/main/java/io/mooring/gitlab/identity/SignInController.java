package io.mooring.gitlab.identity;

import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.http.ClientAddress;
import io.mooring.gitlab.http.Parameters;
import io.mooring.protocol.secret.Secret;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Begins and ends sessions. */
@RestController
class SignInController {
  private final Sessions sessions;
  private final PasswordLogin login;
  private final SessionCookie cookie;
  private final TokenGenerator generator;
  private final ClientAddress addresses;

  SignInController(
      Sessions sessions,
      PasswordLogin login,
      SessionCookie cookie,
      TokenGenerator generator,
      ClientAddress addresses) {
    this.sessions = sessions;
    this.login = login;
    this.cookie = cookie;
    this.generator = generator;
    this.addresses = addresses;
  }

  /** The form, in a session of nobody, whose token it carries. */
  @GetMapping(path = SessionCsrf.SIGN_IN, produces = MediaType.TEXT_HTML_VALUE)
  ResponseEntity<String> form(HttpServletRequest request) {
    Optional<Session> running = SessionCookie.of(request).flatMap(sessions::find);
    var headers = new HttpHeaders();
    Session session;
    if (running.isPresent()) {
      session = running.get();
    } else {
      Sessions.Opened opened = sessions.open(Optional.empty());
      headers.add(HttpHeaders.SET_COOKIE, cookie.set(opened.publicId()));
      session = opened.session();
    }
    String token = CsrfTokens.masked(session, generator);
    return ResponseEntity.ok()
        .headers(headers)
        .body(
            """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><title>Sign in</title>
            <meta name="csrf-param" content="authenticity_token"><meta name="csrf-token" content="%s"></head>
            <body><form action="/users/sign_in" method="post">
            <input type="hidden" name="authenticity_token" value="%s">
            <label>Username or email <input name="user[login]" autocomplete="username" required></label>
            <label>Password <input name="user[password]" type="password" autocomplete="current-password" required></label>
            <button>Sign in</button></form></body></html>
            """
                .formatted(token, token));
  }

  /**
   * Signs in. A form is sent on to the first page, a program that sends JSON gets the session's
   * token.
   */
  @PostMapping(SessionCsrf.SIGN_IN)
  ResponseEntity<?> signIn(Parameters parameters, HttpServletRequest request) {
    boolean form = !parameters.has("login");
    String name = parameters.requiredText(form ? "user[login]" : "login");
    String password = parameters.requiredText(form ? "user[password]" : "password");
    parameters.check();
    User user =
        switch (login.attempt(name, Secret.of(password), addresses.of(request))) {
          case PasswordLogin.Outcome.Accepted(User accepted) -> accepted;
          case PasswordLogin.Outcome.Refused() ->
              throw ApiException.error(HttpStatus.UNAUTHORIZED, "Invalid login or password.");
          case PasswordLogin.Outcome.Throttled() ->
              throw ApiException.error(
                  HttpStatus.TOO_MANY_REQUESTS,
                  "Too many failed attempts. Try again in ten minutes.");
        };
    // A new id, so that one planted in the browser before is worth nothing.
    SessionCookie.of(request).flatMap(sessions::find).ifPresent(sessions::close);
    Sessions.Opened opened = sessions.open(Optional.of(user.id()));
    String header = cookie.set(opened.publicId());
    if (form) {
      return ResponseEntity.status(HttpStatus.FOUND)
          .header(HttpHeaders.SET_COOKIE, header)
          .location(URI.create("/"))
          .build();
    }
    return ResponseEntity.status(HttpStatus.CREATED)
        .header(HttpHeaders.SET_COOKIE, header)
        .body(
            Map.of(
                "username",
                user.username(),
                "csrf_token",
                CsrfTokens.masked(opened.session(), generator)));
  }

  /** Ends the session. */
  @PostMapping("/users/sign_out")
  ResponseEntity<Void> signOut(Caller caller) {
    if (caller instanceof Caller.SignedIn signedIn) {
      sessions.close(signedIn.session());
    }
    return ResponseEntity.status(HttpStatus.FOUND)
        .header(HttpHeaders.SET_COOKIE, cookie.clear())
        .location(URI.create(SessionCsrf.SIGN_IN))
        .build();
  }
}
