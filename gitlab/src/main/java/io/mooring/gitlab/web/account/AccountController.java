package io.mooring.gitlab.web.account;

import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.http.ClientAddress;
import io.mooring.gitlab.http.Page;
import io.mooring.gitlab.http.Parameters;
import io.mooring.gitlab.identity.Caller;
import io.mooring.gitlab.identity.OwnSessions;
import io.mooring.gitlab.identity.PersonalAccessToken;
import io.mooring.gitlab.identity.PersonalAccessTokenRequests;
import io.mooring.gitlab.identity.PersonalAccessTokens;
import io.mooring.gitlab.identity.Scope;
import io.mooring.gitlab.identity.SessionOrigin;
import io.mooring.gitlab.identity.Sessions;
import io.mooring.gitlab.identity.SignInCookies;
import io.mooring.gitlab.identity.User;
import io.mooring.gitlab.identity.UserChanges;
import io.mooring.gitlab.web.Answers;
import io.mooring.gitlab.web.Frame;
import io.mooring.gitlab.web.Layout;
import io.mooring.gitlab.web.Notice;
import io.mooring.gitlab.web.Parts;
import io.mooring.gitlab.web.Visit;
import io.mooring.gitlab.web.html.Attributes;
import io.mooring.gitlab.web.html.Html;
import io.mooring.gitlab.web.html.Link;
import io.mooring.protocol.secret.Secret;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** What somebody keeps to themselves: password, sessions, tokens. */
@RestController
@RequestMapping("/-/user_settings")
class AccountController {
  static final Link PASSWORD = Link.to("/-/user_settings/password");
  private static final Link TOKENS = Link.to("/-/user_settings/personal_access_tokens");
  private static final int DEFAULT_DAYS = 30;

  private final Layout layout;
  private final OwnSessions sessions;
  private final UserChanges changes;
  private final Sessions opener;
  private final SignInCookies cookies;
  private final ClientAddress addresses;
  private final PersonalAccessTokens tokens;
  private final PersonalAccessTokenRequests requests;
  private final InstantSource clock;

  AccountController(
      Layout layout,
      OwnSessions sessions,
      UserChanges changes,
      Sessions opener,
      SignInCookies cookies,
      ClientAddress addresses,
      PersonalAccessTokens tokens,
      PersonalAccessTokenRequests requests,
      InstantSource clock) {
    this.layout = layout;
    this.sessions = sessions;
    this.changes = changes;
    this.opener = opener;
    this.cookies = cookies;
    this.addresses = addresses;
    this.tokens = tokens;
    this.requests = requests;
    this.clock = clock;
  }

  @GetMapping("/password")
  Html password(Visit visit) {
    return password(visit, Optional.empty());
  }

  @PostMapping("/password")
  ResponseEntity<Html> change(Visit visit, Parameters parameters, HttpServletRequest request) {
    Secret present = Secret.of(parameters.text("user[password]").orElse(""));
    Secret wanted = Secret.of(parameters.text("user[new_password]").orElse(""));
    try {
      if (!parameters.text("user[password_confirmation]").orElse("").equals(wanted.text())) {
        throw ApiException.message(HttpStatus.BAD_REQUEST, "The two new passwords differ.");
      }
      User user = signedIn(visit).owner();
      changes.changePassword(user, present, wanted, addresses.of(request));
      // Every session ended with the old password, this one too.
      Secret publicId = opener.open(user.id(), SessionOrigin.of(request, addresses)).publicId();
      return ResponseEntity.status(HttpStatus.SEE_OTHER)
          .headers(cookies.set(publicId))
          .location(URI.create(PASSWORD.with("notice", Notice.PASSWORD_CHANGED.code()).address()))
          .build();
    } catch (ApiException e) {
      return Answers.refused(password(visit, Optional.of(Answers.text(e))));
    }
  }

  @GetMapping("/personal_access_tokens")
  Html tokens(Visit visit, Parameters parameters) {
    return tokens(visit, Page.of(parameters), Html.EMPTY, Optional.empty());
  }

  @PostMapping("/personal_access_tokens")
  ResponseEntity<Html> issue(Visit visit, Parameters parameters) {
    Page first = new Page(1, 20);
    try {
      PersonalAccessTokens.Issued issued = requests.issue(signedIn(visit).owner(), parameters);
      return ResponseEntity.status(HttpStatus.CREATED)
          .body(
              tokens(
                  visit,
                  first,
                  Html.of(
                      "<section class=\"card\" id=\"new-token\"><h2>Your new token</h2><p>This is the only time it is shown.</p>{}</section>",
                      Parts.copyable("Token", issued.secret().text())),
                  Optional.empty()));
    } catch (ApiException e) {
      return Answers.refused(tokens(visit, first, Html.EMPTY, Optional.of(Answers.problem(e))));
    }
  }

  @PostMapping("/personal_access_tokens/{id}/revoke")
  ResponseEntity<Html> revoke(Visit visit, @PathVariable("id") long id) {
    User user = visit.user();
    requests.revoke(
        user,
        tokens
            .find(id)
            .filter(token -> token.userId() == user.id())
            .orElseThrow(ApiException::notFound));
    return Answers.changed(TOKENS, Notice.TOKEN_REVOKED);
  }

  private static Caller.SignedIn signedIn(Visit visit) {
    if (visit.caller() instanceof Caller.SignedIn signedIn) {
      return signedIn;
    }
    throw ApiException.unauthorized();
  }

  private static Frame frame(String title) {
    return Frame.of("Your settings")
        .with(
            List.of(
                Frame.Tab.of("Password and sessions", PASSWORD, title.equals("password")),
                Frame.Tab.of("Access tokens", TOKENS, title.equals("tokens"))));
  }

  private Html password(Visit visit, Optional<String> problem) {
    Caller.SignedIn caller = signedIn(visit);
    return layout.page(
        visit,
        frame("password"),
        Html.of(
            """
            <div class="columns"><section class="card"><h2>Password</h2>
            <form class="form" method="post" action="{}">{}{}{}{}{}<button type="submit" class="button primary">Change it</button></form></section>
            {}</div>
            """,
            PASSWORD,
            visit.csrf(),
            Parts.problem(problem),
            secret("Current password", "user[password]", "current-password"),
            secret("New password", "user[new_password]", "new-password"),
            secret("New password, again", "user[password_confirmation]", "new-password"),
            SessionView.view(
                visit, sessions.of(caller.owner()), caller.session(), clock.instant())));
  }

  private static Html secret(String label, String name, String autocomplete) {
    return Parts.field(
        label,
        name,
        "",
        Attributes.of("type", "password")
            .and(Attributes.of("autocomplete", autocomplete))
            .and(Attributes.flag("required", true)),
        Html.EMPTY);
  }

  private Html tokens(Visit visit, Page page, Html issued, Optional<String> problem) {
    User user = visit.user();
    Page.Slice<PersonalAccessToken> slice = tokens.list(Optional.of(user.id()), page);
    Instant now = clock.instant();
    return layout.page(
        visit,
        frame("tokens"),
        issued,
        Html.of(
            """
            <section class="card"><h2>Access tokens</h2>{}{}</section>
            """,
            slice.total() == 0
                ? Html.of(
                    "<p class=\"muted\">None yet. Programs and git use them in place of your password.</p>")
                : Html.of(
                    """
                    <div class="table"><table><thead><tr><th scope="col">Name</th><th scope="col">Scopes</th>\
                    <th scope="col">Last used</th><th scope="col">Expires</th><th scope="col"><span class="hidden">Change</span></th></tr></thead>
                    <tbody>{}</tbody></table></div>
                    """,
                    Html.each(slice.items(), token -> row(visit, token, now))),
            Parts.paging(page, slice.total(), TOKENS)),
        form(visit, problem));
  }

  private Html row(Visit visit, PersonalAccessToken token, Instant now) {
    boolean active = token.isActive(tokens.today());
    return Html.of(
        """
        <tr><th scope="row" data-label="Name">{}</th><td data-label="Scopes">{}</td><td data-label="Last used">{}</td>\
        <td data-label="Expires">{}</td><td class="change">{}</td></tr>
        """,
        token.name(),
        token.scopes().stream().map(Scope::text).sorted().collect(Collectors.joining(", ")),
        token
            .lastUsedAt()
            .map(used -> Parts.ago(used, now))
            .orElse(Html.of("<span class=\"muted\">never</span>")),
        token.expiresAt().toString(),
        active
            ? Html.of(
                "<form method=\"post\" action=\"{}\">{}<button type=\"submit\" class=\"button small danger\">Revoke</button></form>",
                Link.to("/-/user_settings/personal_access_tokens/{}/revoke", token.id()),
                visit.csrf())
            : Html.of("<span class=\"muted\">{}</span>", token.revoked() ? "revoked" : "expired"));
  }

  private Html form(Visit visit, Optional<String> problem) {
    return Html.of(
        """
        <section class="card"><h2>New token</h2><form class="form" method="post" action="{}">{}{}{}{}
        <fieldset><legend>It may</legend>{}</fieldset>
        <button type="submit" class="button primary">Create token</button></form></section>
        """,
        TOKENS,
        visit.csrf(),
        Parts.problem(problem),
        Parts.field(
            "Name",
            "name",
            "",
            Attributes.flag("required", true).and(Attributes.of("maxlength", "255")),
            Html.EMPTY),
        Parts.field(
            "Expires",
            "expires_at",
            tokens.today().plusDays(DEFAULT_DAYS).toString(),
            Attributes.of("type", "date").and(Attributes.flag("required", true)),
            Html.text("At most a year from now.")),
        Html.each(
            Arrays.asList(Scope.values()),
            scope ->
                Html.of(
                    "<label class=\"check\"><input type=\"checkbox\" name=\"scopes[]\" value=\"{}\"><span><strong>{}</strong> <span class=\"muted\">{}</span></span></label>",
                    scope.text(),
                    scope.text(),
                    about(scope))));
  }

  private static String about(Scope scope) {
    return switch (scope.text()) {
      case "api" -> "everything you may, over the API";
      case "read_api" -> "read everything you may, over the API";
      case "k8s_proxy" -> "reach clusters through agents that let you in";
      case "read_repository" -> "fetch with git";
      case "write_repository" -> "fetch and push with git";
      default -> "";
    };
  }
}
