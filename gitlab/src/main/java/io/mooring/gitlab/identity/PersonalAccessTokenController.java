package io.mooring.gitlab.identity;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.http.ExternalUrl;
import io.mooring.gitlab.http.Page;
import io.mooring.gitlab.http.Parameters;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** {@code /personal_access_tokens} of the REST API. */
@RestController
@RequestMapping("/api/v4")
class PersonalAccessTokenController {
  private final PersonalAccessTokens tokens;
  private final PersonalAccessTokenRequests requests;
  private final Users users;
  private final ExternalUrl external;

  PersonalAccessTokenController(
      PersonalAccessTokens tokens,
      PersonalAccessTokenRequests requests,
      Users users,
      ExternalUrl external) {
    this.tokens = tokens;
    this.requests = requests;
    this.users = users;
    this.external = external;
  }

  /** A token; its secret only when it was made just now. */
  record TokenView(
      long id,
      String name,
      @Nullable String description,
      boolean revoked,
      Instant createdAt,
      List<String> scopes,
      long userId,
      @Nullable Instant lastUsedAt,
      boolean active,
      LocalDate expiresAt,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String token) {}

  @GetMapping("/personal_access_tokens")
  ResponseEntity<List<TokenView>> list(
      Caller caller, Parameters parameters, HttpServletRequest request) {
    User asking = caller.requireUser();
    Optional<Long> of = asking.admin() ? parameters.number("user_id") : Optional.of(asking.id());
    Page page = Page.of(parameters);
    return page.answer(
        request, external, tokens.list(of, page).map(token -> view(token, Optional.empty())));
  }

  @GetMapping("/personal_access_tokens/self")
  TokenView self(Caller caller) {
    if (caller instanceof Caller.TokenBearer bearer) {
      return view(bearer.token(), Optional.empty());
    }
    throw ApiException.unauthorized();
  }

  @GetMapping("/personal_access_tokens/{id}")
  TokenView get(Caller caller, @PathVariable long id) {
    return view(require(caller, id), Optional.empty());
  }

  @DeleteMapping("/personal_access_tokens/self")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void revokeSelf(Caller caller) {
    if (!(caller instanceof Caller.TokenBearer bearer)) {
      throw ApiException.unauthorized();
    }
    requests.revoke(bearer.owner(), bearer.token());
  }

  @DeleteMapping("/personal_access_tokens/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void revoke(Caller caller, @PathVariable long id) {
    requests.revoke(caller.requireUser(), require(caller, id));
  }

  /**
   * GitLab makes a user's own tokens in its pages; until they exist here, a session may do it by
   * REST.
   */
  @PostMapping("/personal_access_tokens")
  @ResponseStatus(HttpStatus.CREATED)
  TokenView create(Caller caller, Parameters parameters) {
    User user = caller.requireUser();
    if (caller instanceof Caller.TokenBearer) {
      throw ApiException.forbidden("A token cannot make another one");
    }
    return view(requests.issue(user, parameters));
  }

  @PostMapping("/users/{id}/personal_access_tokens")
  @ResponseStatus(HttpStatus.CREATED)
  TokenView createFor(Caller caller, @PathVariable long id, Parameters parameters) {
    User admin = caller.requireAdmin();
    User owner = users.find(id).orElseThrow(() -> ApiException.notFound("User"));
    return view(requests.issue(admin, owner, parameters));
  }

  /**
   * The one token that a token may make, for the time a person works with a cluster: {@code glab
   * cluster agent get-token} asks for it.
   */
  @PostMapping("/user/personal_access_tokens")
  @ResponseStatus(HttpStatus.CREATED)
  TokenView createForClusters(Caller caller, Parameters parameters) {
    return view(requests.issueForClusters(caller.requireUser(), parameters));
  }

  private TokenView view(PersonalAccessTokens.Issued issued) {
    return view(issued.token(), Optional.of(issued.secret().text()));
  }

  /** A token of somebody else does not exist. */
  private PersonalAccessToken require(Caller caller, long id) {
    User asking = caller.requireUser();
    return tokens
        .find(id)
        .filter(token -> asking.admin() || token.userId() == asking.id())
        .orElseThrow(() -> ApiException.notFound("Personal Access Token"));
  }

  private TokenView view(PersonalAccessToken token, Optional<String> secret) {
    return new TokenView(
        token.id(),
        token.name(),
        token.description().orElse(null),
        token.revoked(),
        token.createdAt(),
        token.scopes().stream().map(Scope::text).sorted().toList(),
        token.userId(),
        token.lastUsedAt().orElse(null),
        token.isActive(tokens.today()),
        token.expiresAt(),
        secret.orElse(null));
  }
}
