package io.mooring.gitlab.internalapi;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.mooring.gitlab.agent.Agent;
import io.mooring.gitlab.agent.Agents;
import io.mooring.gitlab.ceiling.Ceiling;
import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.http.Parameters;
import io.mooring.gitlab.identity.Callers;
import io.mooring.gitlab.identity.CsrfTokens;
import io.mooring.gitlab.identity.KasCookie;
import io.mooring.gitlab.identity.PersonalAccessToken;
import io.mooring.gitlab.identity.PersonalAccessTokens;
import io.mooring.gitlab.identity.Scope;
import io.mooring.gitlab.identity.Session;
import io.mooring.gitlab.identity.Sessions;
import io.mooring.gitlab.identity.User;
import io.mooring.gitlab.identity.Users;
import io.mooring.gitlab.kas.KasClient;
import io.mooring.gitlab.proxyuser.ProxyUsers;
import io.mooring.gitlab.proxyuser.Verdict;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/**
 * Whether a person may use a cluster through kas, and as whom (gitlab-side.md 1.11). The order of
 * the checks and the texts are GitLab's.
 */
@RestController
class ProxyUserController {
  private static final String COOKIE = "session_cookie";
  private static final String TOKEN = "personal_access_token";

  private final Users users;
  private final Sessions sessions;
  private final KasCookie cookie;
  private final PersonalAccessTokens tokens;
  private final Agents agents;
  private final ProxyUsers proxyUsers;
  private final KasClient kas;

  ProxyUserController(
      Users users,
      Sessions sessions,
      KasCookie cookie,
      PersonalAccessTokens tokens,
      Agents agents,
      ProxyUsers proxyUsers,
      KasClient kas) {
    this.users = users;
    this.sessions = sessions;
    this.cookie = cookie;
    this.tokens = tokens;
    this.agents = agents;
    this.proxyUsers = proxyUsers;
    this.kas = kas;
  }

  /** A number that names something. */
  record Id(long id) {}

  /** The agent and its project. */
  record AgentView(long id, Id configProject) {}

  /** The person. */
  record UserView(long id, String username) {}

  /**
   * The answer; {@code access_as} has exactly one member. Of the ceiling, what concerns projects
   * and groups is applied here, where memberships are known.
   */
  record Authorized(
      AgentView agent,
      UserView user,
      Map<String, Object> accessAs,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable JsonNode ceiling) {}

  @PostMapping("/api/v4/internal/kubernetes/authorize_proxy_user")
  @ResponseStatus(HttpStatus.CREATED)
  Authorized authorize(Parameters parameters) {
    long agentId = parameters.requiredNumber("agent_id");
    String type = parameters.requiredWord("access_type", Set.of(COOKIE, TOKEN));
    String key = parameters.requiredText("access_key");
    String csrf = parameters.text("csrf_token").orElse("");
    if (type.equals(COOKIE) && csrf.isBlank()) {
      parameters.refuse("csrf_token is missing");
    }
    parameters.check();
    User user = type.equals(COOKIE) ? ofCookie(key, csrf) : ofToken(key);
    Agent agent = agents.find(agentId).orElseThrow(ApiException::recordNotFound);
    if (!kas.isEnabled()) {
      throw ApiException.unauthorized("Feature disabled for agent");
    }
    return switch (proxyUsers.judge(agent, user)) {
      case Verdict.Refused(Verdict.Reason reason) -> throw forbidden(reason.text());
      case Verdict.Allowed allowed ->
          new Authorized(
              new AgentView(agent.id(), new Id(agent.project().id())),
              new UserView(user.id(), user.username()),
              accessAs(allowed),
              allowed
                  .ceiling()
                  .map(Ceiling::withoutProjectsAndGroups)
                  .map(Ceiling::json)
                  .orElse(null));
    };
  }

  private User ofCookie(String value, String csrf) {
    String publicId =
        cookie.publicId(value).orElseThrow(() -> ApiException.badRequest("Invalid access_key"));
    Session session =
        sessions.find(publicId).orElseThrow(() -> ApiException.unauthorized("Invalid session"));
    if (!CsrfTokens.verify(session, csrf)) {
      throw ApiException.unauthorized("CSRF token does not match");
    }
    return session
        .userId()
        .flatMap(users::find)
        .filter(user -> !user.blocked())
        .orElseThrow(() -> ApiException.unauthorized("Invalid user in session"));
  }

  private User ofToken(String secret) {
    PersonalAccessToken token =
        tokens
            .find(secret)
            .orElseThrow(() -> ApiException.badRequest("Unable to get user from request data"));
    Callers.requireActive(token, tokens.today());
    if (!token.scopes().contains(Scope.K8S_PROXY)) {
      throw Callers.insufficientScope(Set.of(Scope.K8S_PROXY));
    }
    return users
        .find(token.userId())
        .filter(user -> !user.blocked())
        .orElseThrow(() -> ApiException.badRequest("Unable to get user from request data"));
  }

  private static Map<String, Object> accessAs(Verdict.Allowed allowed) {
    return allowed.asUser() ? Map.of("user", allowed.memberships()) : Map.of("agent", Map.of());
  }

  private static ApiException forbidden(String message) {
    return ApiException.message(HttpStatus.FORBIDDEN, message);
  }
}
