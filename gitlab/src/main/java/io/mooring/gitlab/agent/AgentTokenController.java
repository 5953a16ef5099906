package io.mooring.gitlab.agent;

import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.http.ExternalUrl;
import io.mooring.gitlab.http.Page;
import io.mooring.gitlab.http.Parameters;
import io.mooring.gitlab.identity.Caller;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.List;
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

/** {@code tokens} of an agent (gitlab-side.md 3.1). */
@RestController
@RequestMapping("/api/v4/projects/{id}/cluster_agents/{agentId}/tokens")
class AgentTokenController {
  private final AgentAccess access;
  private final AgentTokens tokens;
  private final AgentChanges changes;
  private final ExternalUrl external;

  AgentTokenController(
      AgentAccess access, AgentTokens tokens, AgentChanges changes, ExternalUrl external) {
    this.access = access;
    this.tokens = tokens;
    this.changes = changes;
    this.external = external;
  }

  /** A token in a list. */
  record ListedToken(
      long id,
      String name,
      @Nullable String description,
      long agentId,
      String status,
      Instant createdAt,
      @Nullable Long createdByUserId) {
    static ListedToken of(AgentToken token) {
      return new ListedToken(
          token.id(),
          token.name(),
          token.description().orElse(null),
          token.agentId(),
          token.active() ? "active" : "revoked",
          token.createdAt(),
          token.createdByUserId().orElse(null));
    }
  }

  /** A token on its own. */
  record SingleToken(
      long id,
      String name,
      @Nullable String description,
      long agentId,
      String status,
      Instant createdAt,
      @Nullable Long createdByUserId,
      @Nullable Instant lastUsedAt) {
    static SingleToken of(AgentToken token) {
      return new SingleToken(
          token.id(),
          token.name(),
          token.description().orElse(null),
          token.agentId(),
          token.active() ? "active" : "revoked",
          token.createdAt(),
          token.createdByUserId().orElse(null),
          token.lastUsedAt().orElse(null));
    }
  }

  /** A token that was made just now, with its secret. */
  record CreatedToken(
      long id,
      String name,
      @Nullable String description,
      long agentId,
      String status,
      Instant createdAt,
      @Nullable Long createdByUserId,
      @Nullable Instant lastUsedAt,
      String token) {}

  @GetMapping
  ResponseEntity<List<ListedToken>> list(
      Caller caller,
      @PathVariable String id,
      @PathVariable long agentId,
      Parameters parameters,
      HttpServletRequest request) {
    Agent agent = access.read(caller, id, agentId);
    Page page = Page.of(parameters);
    return page.answer(request, external, tokens.active(agent.id(), page).map(ListedToken::of));
  }

  @GetMapping("/{tokenId}")
  SingleToken get(
      Caller caller,
      @PathVariable String id,
      @PathVariable long agentId,
      @PathVariable long tokenId) {
    Agent agent = access.read(caller, id, agentId);
    return tokens
        .find(agent.id(), tokenId)
        .filter(AgentToken::active)
        .map(SingleToken::of)
        .orElseThrow(ApiException::recordNotFound);
  }

  @PostMapping
  @ResponseStatus(HttpStatus.CREATED)
  CreatedToken create(
      Caller caller, @PathVariable String id, @PathVariable long agentId, Parameters parameters) {
    AgentTokens.Issued issued = changes.issueToken(caller, id, agentId, parameters);
    SingleToken token = SingleToken.of(issued.token());
    return new CreatedToken(
        token.id(),
        token.name(),
        token.description(),
        token.agentId(),
        token.status(),
        token.createdAt(),
        token.createdByUserId(),
        token.lastUsedAt(),
        issued.secret().text());
  }

  @DeleteMapping("/{tokenId}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void revoke(
      Caller caller,
      @PathVariable String id,
      @PathVariable long agentId,
      @PathVariable long tokenId) {
    changes.revokeToken(caller, id, agentId, tokenId);
  }
}
