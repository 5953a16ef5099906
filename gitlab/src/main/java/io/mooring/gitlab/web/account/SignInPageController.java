package io.mooring.gitlab.web.account;

import io.mooring.gitlab.http.Parameters;
import io.mooring.gitlab.identity.Caller;
import io.mooring.gitlab.identity.CsrfTokens;
import io.mooring.gitlab.identity.Session;
import io.mooring.gitlab.identity.SessionCookie;
import io.mooring.gitlab.identity.SessionCsrf;
import io.mooring.gitlab.identity.Sessions;
import io.mooring.gitlab.identity.SignInCookies;
import io.mooring.gitlab.identity.SignIns;
import io.mooring.gitlab.identity.TokenGenerator;
import io.mooring.gitlab.identity.User;
import io.mooring.gitlab.web.Frame;
import io.mooring.gitlab.web.Layout;
import io.mooring.gitlab.web.Notice;
import io.mooring.gitlab.web.Parts;
import io.mooring.gitlab.web.Visit;
import io.mooring.gitlab.web.html.Html;
import io.mooring.protocol.secret.Secret;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.util.Optional;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Signing in and out. */
@RestController
class SignInPageController {
  private final Layout layout;
  private final SignIns signIns;
  private final Sessions sessions;
  private final SessionCookie cookie;
  private final SignInCookies cookies;
  private final TokenGenerator generator;

  SignInPageController(
      Layout layout,
      SignIns signIns,
      Sessions sessions,
      SessionCookie cookie,
      SignInCookies cookies,
      TokenGenerator generator) {
    this.layout = layout;
    this.signIns = signIns;
    this.sessions = sessions;
    this.cookie = cookie;
    this.cookies = cookies;
    this.generator = generator;
  }

  /** The form, in a session of nobody, whose token it carries. */
  @GetMapping(SessionCsrf.SIGN_IN)
  ResponseEntity<Html> form(Visit visit, Parameters parameters, HttpServletRequest request) {
    return form(
        HttpStatus.OK,
        visit,
        returnTo(parameters.text("return_to")),
        "",
        Optional.empty(),
        request);
  }

  @PostMapping(path = SessionCsrf.SIGN_IN, consumes = MediaType.APPLICATION_FORM_URLENCODED_VALUE)
  ResponseEntity<Html> signIn(Visit visit, Parameters parameters, HttpServletRequest request) {
    String name = parameters.text("user[login]").orElse("");
    Secret password = Secret.of(parameters.text("user[password]").orElse(""));
    String returnTo = returnTo(parameters.text("return_to"));
    return switch (signIns.attempt(name, password, request)) {
      case SignIns.Outcome.Refused() ->
          form(
              HttpStatus.UNPROCESSABLE_CONTENT,
              visit,
              returnTo,
              name,
              Optional.of("Invalid login or password."),
              request);
      case SignIns.Outcome.Throttled() ->
          form(
              HttpStatus.TOO_MANY_REQUESTS,
              visit,
              returnTo,
              name,
              Optional.of("Too many failed attempts. Try again in ten minutes."),
              request);
      case SignIns.Outcome.SignedIn(User _, Sessions.Opened opened) ->
          ResponseEntity.status(HttpStatus.FOUND)
              .headers(cookies.set(opened.publicId()))
              .location(URI.create(returnTo))
              .build();
    };
  }

  /** Ends the session. */
  @PostMapping("/users/sign_out")
  ResponseEntity<Void> signOut(Caller caller) {
    if (caller instanceof Caller.SignedIn signedIn) {
      sessions.close(signedIn.session());
    }
    return ResponseEntity.status(HttpStatus.FOUND)
        .headers(cookies.clear())
        .location(URI.create(SessionCsrf.SIGN_IN + "?notice=" + Notice.SIGNED_OUT.code()))
        .build();
  }

  private ResponseEntity<Html> form(
      HttpStatus status,
      Visit visit,
      String returnTo,
      String name,
      Optional<String> problem,
      HttpServletRequest request) {
    Optional<Session> running = SessionCookie.of(request).flatMap(sessions::find);
    var headers = new HttpHeaders();
    Session session =
        running.orElseGet(() -> {
          Sessions.Opened opened = sessions.openForm();
          headers.add(HttpHeaders.SET_COOKIE, cookie.set(opened.publicId()));
          return opened.session();
        });
    Visit protectedVisit = visit.withToken(CsrfTokens.masked(session, generator));
    Html page =
        layout.page(
            protectedVisit,
            Frame.of("Sign in").narrowed(),
            Html.of(
                """
                <form class="card form" action="/users/sign_in" method="post">{}{}
                <input type="hidden" name="return_to" value="{}">
                <label class="field"><span>Username or email</span>
                <input name="user[login]" value="{}" autocomplete="username" autocapitalize="none" required autofocus></label>
                <label class="field"><span>Password</span>
                <input name="user[password]" type="password" autocomplete="current-password" required></label>
                <button type="submit" class="button primary">Sign in</button>
                </form>
                <p class="muted">No account? An administrator makes them.</p>
                """,
                protectedVisit.csrf(),
                Parts.problem(problem),
                returnTo,
                name));
    return ResponseEntity.status(status).headers(headers).body(page);
  }

  /** Only to a page of ours: browsers read two slashes, or a slash and a backslash, as a host. */
  private static String returnTo(Optional<String> asked) {
    return asked
        .filter(path -> path.matches("/(?![/\\\\])[!-\\[\\]-~]*"))
        .filter(path -> !path.startsWith("/users/"))
        .orElse("/");
  }
}
