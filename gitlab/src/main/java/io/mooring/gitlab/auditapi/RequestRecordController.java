package io.mooring.gitlab.auditapi;

import io.mooring.gitlab.agent.Agent;
import io.mooring.gitlab.agent.AgentAccess;
import io.mooring.gitlab.audit.RequestRecord;
import io.mooring.gitlab.audit.RequestRecords;
import io.mooring.gitlab.http.ExternalUrl;
import io.mooring.gitlab.http.Keyset;
import io.mooring.gitlab.http.Parameters;
import io.mooring.gitlab.identity.Caller;
import io.mooring.gitlab.identity.User;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** What was done in clusters: of one agent for its maintainers, of all for administrators. */
@RestController
@RequestMapping("/api/v4")
class RequestRecordController {
  private static final Set<String> CREDENTIALS =
      Set.of("ci_job", "personal_access_token", "session_cookie");

  private final RequestRecords records;
  private final AgentAccess access;
  private final ExternalUrl external;

  RequestRecordController(RequestRecords records, AgentAccess access, ExternalUrl external) {
    this.records = records;
    this.access = access;
    this.external = external;
  }

  @GetMapping("/projects/{id}/cluster_agents/{agentId}/audit")
  ResponseEntity<List<RequestRecord>> ofAgent(
      Caller caller,
      @PathVariable String id,
      @PathVariable long agentId,
      Parameters parameters,
      HttpServletRequest request) {
    Agent agent = access.manage(caller, id, agentId);
    return list(Optional.of(agent.id()), Optional.empty(), parameters, request);
  }

  @GetMapping("/admin/audit")
  ResponseEntity<List<RequestRecord>> ofAll(
      Caller caller, Parameters parameters, HttpServletRequest request) {
    User _ = caller.requireAdmin();
    return list(
        parameters.number("agent_id"), parameters.number("project_id"), parameters, request);
  }

  private ResponseEntity<List<RequestRecord>> list(
      Optional<Long> agent,
      Optional<Long> project,
      Parameters parameters,
      HttpServletRequest request) {
    var filter =
        new RequestRecords.Filter(
            agent,
            project,
            parameters.text("username"),
            parameters.word("credential", CREDENTIALS),
            parameters.text("verb"),
            parameters.text("resource"),
            parameters.text("namespace"),
            parameters.number("status"),
            parameters.time("after"),
            parameters.time("before"));
    Keyset keyset = Keyset.of(parameters);
    parameters.check();
    return keyset.answer(
        request,
        external,
        records.list(filter, keyset.from(), keyset.size() + 1),
        record -> new Keyset.Position(record.time(), record.id()));
  }
}
