package io.mooring.gitlab.identity;

import io.mooring.gitlab.http.Parameters;
import java.time.LocalDate;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** Makes personal access tokens as people ask for them, by REST and on pages alike. Thread-safe. */
@Component
public class PersonalAccessTokenRequests {
  /** GitLab's longest and default life of a token. */
  private static final int MAX_DAYS = 365;

  private static final int DEFAULT_DAYS = 30;

  private final PersonalAccessTokens tokens;

  PersonalAccessTokenRequests(PersonalAccessTokens tokens) {
    this.tokens = tokens;
  }

  /**
   * Makes a token of {@code name}, {@code description}, {@code scopes} and {@code expires_at}.
   *
   * @throws io.mooring.gitlab.http.ApiException 400 naming what is wrong
   */
  public PersonalAccessTokens.Issued issue(User owner, Parameters parameters) {
    String name = parameters.requiredText("name");
    Optional<String> description = parameters.text("description");
    LocalDate today = tokens.today();
    LocalDate expires = parameters.date("expires_at").orElse(today.plusDays(DEFAULT_DAYS));
    Set<Scope> scopes =
        parameters.texts("scopes").stream()
            .flatMap(text -> {
              Optional<Scope> scope = Scope.named(text);
              if (scope.isEmpty()) {
                parameters.refuse("scopes does not have a valid value");
              }
              return scope.stream();
            })
            .collect(Collectors.toSet());
    if (scopes.isEmpty()) {
      parameters.refuse("scopes is missing");
    }
    if (!expires.isAfter(today) || expires.isAfter(today.plusDays(MAX_DAYS))) {
      parameters.refuse("expires_at is invalid");
    }
    if (name.isBlank() || name.length() > 255) {
      parameters.refuse("name is invalid");
    }
    parameters.check();
    return tokens.issue(owner.id(), name, description, scopes, expires);
  }
}
