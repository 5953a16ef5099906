package io.mooring.gitlab.identity;

import io.mooring.gitlab.audit.AuditEvent;
import io.mooring.gitlab.audit.AuditEvent.Entity;
import io.mooring.gitlab.audit.AuditEvent.Target;
import io.mooring.gitlab.audit.AuditEvents;
import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.http.Parameters;
import java.time.LocalDate;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Makes personal access tokens as people ask for them, by REST and on pages alike. Thread-safe. */
@Component
public class PersonalAccessTokenRequests {
  /** GitLab's longest and default life of a token. */
  private static final int MAX_DAYS = 365;

  private static final int DEFAULT_DAYS = 30;

  private final PersonalAccessTokens tokens;
  private final Users users;
  private final AuditEvents audit;

  PersonalAccessTokenRequests(PersonalAccessTokens tokens, Users users, AuditEvents audit) {
    this.tokens = tokens;
    this.users = users;
    this.audit = audit;
  }

  /**
   * Makes a token of {@code name}, {@code description}, {@code scopes} and {@code expires_at}, for
   * who asks.
   *
   * @throws ApiException 400 naming what is wrong
   */
  @Transactional
  public PersonalAccessTokens.Issued issue(User owner, Parameters parameters) {
    return issue(owner, owner, parameters, Scope.names(), DEFAULT_DAYS);
  }

  /** Makes one for somebody else, as an administrator may. */
  @Transactional
  public PersonalAccessTokens.Issued issue(User author, User owner, Parameters parameters) {
    return issue(author, owner, parameters, Scope.names(), DEFAULT_DAYS);
  }

  /**
   * Makes one that reaches clusters and nothing else, which even a token may ask for. It ends with
   * the day unless asked otherwise, because {@code glab} asks for a new one when it needs one.
   */
  @Transactional
  public PersonalAccessTokens.Issued issueForClusters(User owner, Parameters parameters) {
    return issue(owner, owner, parameters, Set.of(Scope.K8S_PROXY.text()), 1);
  }

  /** Takes a token back. */
  @Transactional
  public void revoke(User author, PersonalAccessToken token) {
    if (!token.revoked()) {
      tokens.revoke(token.id());
      User owner =
          author.id() == token.userId() ? author : users.find(token.userId()).orElse(author);
      note("personal_access_token_revoked", author, owner, token);
    }
  }

  private PersonalAccessTokens.Issued issue(
      User author, User owner, Parameters parameters, Set<String> allowed, int days) {
    String name = parameters.requiredText("name");
    Optional<String> description = parameters.text("description");
    LocalDate today = tokens.today();
    LocalDate expires = parameters.date("expires_at").orElse(today.plusDays(days));
    Set<Scope> scopes =
        parameters.texts("scopes").stream()
            .flatMap(text -> {
              Optional<Scope> scope =
                  Optional.of(text).filter(allowed::contains).flatMap(Scope::named);
              if (scope.isEmpty()) {
                parameters.refuse("scopes does not have a valid value");
              }
              return scope.stream();
            })
            .collect(Collectors.toSet());
    if (scopes.isEmpty() && parameters.texts("scopes").isEmpty()) {
      parameters.refuse("scopes is missing");
    }
    if (!expires.isAfter(today) || expires.isAfter(today.plusDays(MAX_DAYS))) {
      parameters.refuse("expires_at is invalid");
    }
    if (name.isBlank() || name.length() > 255) {
      parameters.refuse("name is invalid");
    }
    parameters.check();
    PersonalAccessTokens.Issued issued =
        tokens.issue(owner.id(), name, description, scopes, expires);
    note("personal_access_token_issued", author, owner, issued.token());
    return issued;
  }

  private void note(String name, User author, User owner, PersonalAccessToken token) {
    audit.record(
        new AuditEvent(
            name,
            author.author(),
            Entity.user(owner.id(), owner.username()),
            new Target("PersonalAccessToken", token.id(), token.name()),
            Map.of(
                "scopes",
                token.scopes().stream().map(Scope::text).sorted().toList(),
                "expires_at",
                token.expiresAt().toString())));
  }
}
