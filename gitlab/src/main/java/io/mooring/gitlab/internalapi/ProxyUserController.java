package io.mooring.gitlab.internalapi;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.mooring.gitlab.agent.Agent;
import io.mooring.gitlab.agent.Agents;
import io.mooring.gitlab.agent.UserAccess;
import io.mooring.gitlab.ceiling.Ceiling;
import io.mooring.gitlab.ceiling.Ceilings;
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
import java.util.Map;
import java.util.Optional;
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
  private final UserAccess access;
  private final Ceilings ceilings;
  private final KasClient kas;

  ProxyUserController(
      Users users,
      Sessions sessions,
      KasCookie cookie,
      PersonalAccessTokens tokens,
      Agents agents,
      UserAccess access,
      Ceilings ceilings,
      KasClient kas) {
    this.users = users;
    this.sessions = sessions;
    this.cookie = cookie;
    this.tokens = tokens;
    this.agents = agents;
    this.access = access;
    this.ceilings = ceilings;
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
    Optional<Ceiling> ceiling = ceilings.find(agent.id());
    return new Authorized(
        new AgentView(agent.id(), new Id(agent.project().id())),
        new UserView(user.id(), user.username()),
        accessAs(agent, user, ceiling),
        ceiling.map(Ceiling::withoutProjectsAndGroups).map(Ceiling::json).orElse(null));
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

  private Map<String, Object> accessAs(Agent agent, User user, Optional<Ceiling> ceiling) {
    JsonNode configuration =
        access
            .configuration(agent)
            .orElseThrow(
                () -> forbidden("`user_access` keyword is not found in agent config file."));
    JsonNode accessAs = configuration.path("access_as");
    if (!accessAs.isObject() || accessAs.isEmpty()) {
      throw forbidden("`access_as` is not found under the `user_access` keyword.");
    }
    if (accessAs.size() != 1) {
      throw forbidden("`access_as` must exist only once under the `user_access` keyword.");
    }
    UserAccess.Memberships memberships = access.memberships(agent, user);
    if (memberships.isEmpty()) {
      throw forbidden(
          "You must be a member of `projects` or `groups` under the `user_access` keyword.");
    }
    memberships = ceiling.map(limits -> within(limits, agent, user)).orElse(memberships);
    if (memberships.isEmpty()) {
      throw forbidden(
          "None of your projects and groups under the `user_access` keyword is within the ceiling of this agent.");
    }
    if (accessAs.has("agent")) {
      return Map.of("agent", Map.of());
    }
    if (accessAs.has("user")) {
      return Map.of("user", memberships);
    }
    throw forbidden("`access_as` is not found under the `user_access` keyword.");
  }

  private UserAccess.Memberships within(Ceiling ceiling, Agent agent, User user) {
    return access.memberships(
        agent,
        user,
        project -> ceiling.admitsProject(project.id(), project.groupIds()),
        group -> ceiling.admitsGroup(group.traversalIds()));
  }

  private static ApiException forbidden(String message) {
    return ApiException.message(HttpStatus.FORBIDDEN, message);
  }
}
