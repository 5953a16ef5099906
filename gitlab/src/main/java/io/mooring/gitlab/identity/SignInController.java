package io.mooring.gitlab.identity;

import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.http.Parameters;
import io.mooring.protocol.secret.Secret;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Begins sessions for programs; people use the form of the pages. */
@RestController
class SignInController {
  private final SignIns signIns;
  private final SignInCookies cookies;
  private final TokenGenerator generator;

  SignInController(SignIns signIns, SignInCookies cookies, TokenGenerator generator) {
    this.signIns = signIns;
    this.cookies = cookies;
    this.generator = generator;
  }

  /** Signs in and answers the session's token. */
  @PostMapping(path = SessionCsrf.SIGN_IN, consumes = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<Map<String, String>> signIn(Parameters parameters, HttpServletRequest request) {
    String name = parameters.requiredText("login");
    String password = parameters.requiredText("password");
    parameters.check();
    return switch (signIns.attempt(name, Secret.of(password), request)) {
      case SignIns.Outcome.Refused() ->
          throw ApiException.error(HttpStatus.UNAUTHORIZED, "Invalid login or password.");
      case SignIns.Outcome.Throttled() ->
          throw ApiException.error(
              HttpStatus.TOO_MANY_REQUESTS, "Too many failed attempts. Try again in ten minutes.");
      case SignIns.Outcome.SignedIn(User user, Sessions.Opened opened) ->
          ResponseEntity.status(HttpStatus.CREATED)
              .headers(cookies.set(opened.publicId()))
              .body(
                  Map.of(
                      "username",
                      user.username(),
                      "csrf_token",
                      CsrfTokens.masked(opened.session(), generator)));
    };
  }
}
