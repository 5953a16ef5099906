package io.mooring.kas.gitlab;

import io.mooring.kas.gitlab.ScriptedGitLab.Asked;
import io.mooring.kas.gitlab.ScriptedGitLab.Reply;
import io.mooring.kas.gitlab.ScriptedGitLab.Script;
import io.mooring.protocol.jwt.JwtRejectedException;
import io.mooring.protocol.jwt.JwtVerifier;
import io.mooring.protocol.secret.Secret;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;

class ScriptedGitLabContractTest extends GitLabContract {
  private static final Secret SECRET = Secret.of("0123456789abcdef0123456789abcdef");
  private static final String TOKEN = "glagent-of-agent-5";

  private final ScriptedGitLab gitlab = ScriptedGitLab.start();
  private final JwtVerifier verifier =
      new JwtVerifier(
          SECRET, Optional.of("gitlab"), Optional.of("gitlab-kas"), InstantSource.system());

  @AfterEach
  void stop() {
    gitlab.close();
  }

  @Override
  protected Known known() {
    gitlab.on(
        "agent_info",
        ofKas(request ->
            request.header("Authorization").equals(Optional.of("Bearer " + TOKEN))
                ? Reply.json(200, ScriptedGitLab.agentInfo(5, 7))
                : Reply.status(401)));
    gitlab.on(
        "project_info",
        ofKas(request ->
            request.query().equals("id=group%2Fproject")
                ? Reply.json(200, ScriptedGitLab.agentInfo(5, 7))
                : Reply.status(404)));
    gitlab.on(
        "verify_project_access",
        ofKas(request -> Reply.status(request.query().equals("id=group%2Fproject") ? 204 : 404)));
    for (String endpoint :
        new String[] {"agent_configuration", "usage_metrics", "agent_reports", "audit_records"}) {
      gitlab.on(endpoint, ofKas(request -> Reply.status(204)));
    }
    return new Known(gitlab.url(), SECRET, Secret.of(TOKEN), 5, "group/project");
  }

  private Script ofKas(Script script) {
    return request -> isKas(request) ? script.answer(request) : Reply.status(401);
  }

  private boolean isKas(Asked request) {
    try {
      verifier.verify(request.header("Gitlab-Kas-Api-Request").orElse(""));
      return true;
    } catch (JwtRejectedException e) {
      return false;
    }
  }
}
