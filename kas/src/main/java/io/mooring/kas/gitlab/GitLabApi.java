package io.mooring.kas.gitlab;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import io.grpc.StatusException;
import io.mooring.kas.config.GitLabSettings;
import io.mooring.protocol.jwt.JwtSigner;
import io.mooring.protocol.secret.Secret;
import io.mooring.protocol.validation.InvalidMessageException;
import io.mooring.protocol.validation.Validator;
import io.mooring.wire.agentcfg.ConfigurationFile;
import io.mooring.wire.gitlab.ClientError;
import io.mooring.wire.gitlab.DefaultApiError;
import io.mooring.wire.gitlab.api.AgentConfigurationRequest;
import io.mooring.wire.gitlab.api.AllowedAgentsForJob;
import io.mooring.wire.gitlab.api.AuthorizeProxyUserRequest;
import io.mooring.wire.gitlab.api.AuthorizeProxyUserResponse;
import io.mooring.wire.gitlab.api.GetAgentInfoResponse;
import io.mooring.wire.gitlab.api.GetProjectInfoResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;

/**
 * Every endpoint of GitLab that kas calls (gitlab-api.md 2), without caches. Each method blocks and
 * throws {@link GitLabException} when GitLab did not give what was asked for, {@link
 * StatusException} when the RPC of the calling thread ended meanwhile.
 */
public final class GitLabApi implements AutoCloseable {
  /** The largest answer in use is a list of a few hundred agents. */
  static final int MAX_ANSWER_BYTES = 4 * 1024 * 1024;

  private static final String INTERNAL = "/api/v4/internal/kubernetes/";
  private static final String JSON = "application/json";
  private static final JsonFormat.Parser PARSER = JsonFormat.parser().ignoringUnknownFields();
  private static final JsonFormat.Printer PRINTER =
      JsonFormat.printer().omittingInsignificantWhitespace();
  private static final BodyHandler<byte[]> WHOLE =
      BodyHandlers.limiting(BodyHandlers.ofByteArray(), MAX_ANSWER_BYTES);

  private final RestClient client;

  /**
   * Connects lazily.
   *
   * @param secret the 32 bytes shared with GitLab
   */
  public GitLabApi(GitLabSettings settings, Secret secret, InstantSource clock) {
    client = new RestClient(settings, JwtSigner.kasToGitLab(secret, clock), clock);
  }

  /** Whose token this is. */
  public GetAgentInfoResponse agentInfo(Secret agentToken)
      throws GitLabException, StatusException, InterruptedException {
    return json(
        ApiCall.get(INTERNAL + "agent_info").bearer(agentToken),
        GetAgentInfoResponse.getDefaultInstance());
  }

  /** A project the agent may read. */
  public GetProjectInfoResponse projectInfo(Secret agentToken, String projectPath)
      throws GitLabException, StatusException, InterruptedException {
    return json(
        ApiCall.get(INTERNAL + "project_info").withQuery("id", projectPath).bearer(agentToken),
        GetProjectInfoResponse.getDefaultInstance());
  }

  /** Whether the agent may read the project; a refusal is an answer here. */
  public boolean verifyProjectAccess(Secret agentToken, String projectPath)
      throws GitLabException, StatusException, InterruptedException {
    try {
      noContent(
          ApiCall.get(INTERNAL + "verify_project_access")
              .withQuery("id", projectPath)
              .bearer(agentToken));
      return true;
    } catch (GitLabException e) {
      if (e.isRefusal()) {
        return false;
      }
      throw e;
    }
  }

  /** The agents a CI job may use. */
  public JobAgents jobAgents(Secret jobToken)
      throws GitLabException, StatusException, InterruptedException {
    ApiCall call =
        ApiCall.get("/api/v4/job/allowed_agents")
            .unsigned()
            .retrying()
            .with(new ApiCall.Header("Job-Token", jobToken));
    byte[] body = jsonBody(call);
    return JobAgents.of(decode(call, body, AllowedAgentsForJob.getDefaultInstance()), text(body));
  }

  /** What a person may do with an agent. */
  public PersonAccess personAccess(AuthorizeProxyUserRequest request)
      throws GitLabException, StatusException, InterruptedException {
    ApiCall call = ApiCall.post(INTERNAL + "authorize_proxy_user", print(request)).retrying();
    byte[] body = jsonBody(call);
    return PersonAccess.of(
        decode(call, body, AuthorizeProxyUserResponse.getDefaultInstance()), text(body));
  }

  /**
   * What was asked of clusters, as JSON; an addition that the original GitLab answers with 404. A
   * record that GitLab has already is no error.
   */
  public void auditRecords(String json)
      throws GitLabException, StatusException, InterruptedException {
    noContent(ApiCall.post(INTERNAL + "audit_records", json).retrying());
  }

  /** The configuration file of an agent, for GitLab's own use. */
  public void agentConfiguration(long agentId, ConfigurationFile file)
      throws GitLabException, StatusException, InterruptedException {
    String body =
        print(
            AgentConfigurationRequest.newBuilder()
                .setAgentId(agentId)
                .setAgentConfig(file)
                .build());
    noContent(ApiCall.post(INTERNAL + "agent_configuration", body).retrying());
  }

  /** Usage figures, as JSON. Never repeated by itself: the figures would count twice. */
  public void usageMetrics(String json)
      throws GitLabException, StatusException, InterruptedException {
    noContent(ApiCall.post(INTERNAL + "usage_metrics", json));
  }

  /** What agents report; an addition that the original GitLab answers with 404. */
  void agentReports(String json) throws GitLabException, StatusException, InterruptedException {
    noContent(ApiCall.post(INTERNAL + "agent_reports", json).retrying());
  }

  /** Sends what an agent asks of a GitLab module. Any status is an answer. Close it. */
  public ModuleAnswer module(ModuleRequest request)
      throws GitLabException, StatusException, InterruptedException {
    return new ModuleAnswer(client.send(request.call(), BodyHandlers.ofInputStream()));
  }

  private <M extends Message> M json(ApiCall call, M prototype)
      throws GitLabException, StatusException, InterruptedException {
    return decode(call, jsonBody(call), prototype);
  }

  private byte[] jsonBody(ApiCall call)
      throws GitLabException, StatusException, InterruptedException {
    try (Answer<byte[]> answer =
        client.send(call.with(ApiCall.Header.plain("Accept", JSON)), WHOLE)) {
      if (answer.status() != 200 && answer.status() != 201) {
        throw refused(call, answer);
      }
      if (!isJson(answer)) {
        throw new GitLabException(
            call
                + " was answered with Content-Type "
                + contentType(answer)
                + " (expected: "
                + JSON
                + ")");
      }
      return answer.body();
    }
  }

  private static String text(byte[] body) {
    return new String(body, StandardCharsets.UTF_8);
  }

  private static <M extends Message> M decode(ApiCall call, byte[] body, M prototype)
      throws GitLabException {
    Message.Builder builder = prototype.newBuilderForType();
    try {
      PARSER.merge(text(body), builder);
      Message message = builder.build();
      Validator.check(message);
      @SuppressWarnings("unchecked") // a builder of a type builds that type
      M typed = (M) message;
      return typed;
    } catch (InvalidProtocolBufferException e) {
      throw new GitLabException(call + " was answered with unreadable JSON: " + e.getMessage(), e);
    } catch (InvalidMessageException e) {
      throw new GitLabException(call + " was answered with invalid data: " + e.getMessage(), e);
    }
  }

  private void noContent(ApiCall call)
      throws GitLabException, StatusException, InterruptedException {
    try (Answer<byte[]> answer = client.send(call, WHOLE)) {
      if (answer.status() != 200 && answer.status() != 204) {
        throw refused(call, answer);
      }
    }
  }

  private static GitLabException refused(ApiCall call, Answer<byte[]> answer) {
    ClientError.Builder error =
        ClientError.newBuilder().setStatusCode(answer.status()).setPath(call.path());
    if (isJson(answer)) {
      DefaultApiError.Builder reason = DefaultApiError.newBuilder();
      try {
        PARSER.merge(text(answer.body()), reason);
        error.setReason(reason.getMessage());
      } catch (InvalidProtocolBufferException e) {
        error.setReason("unreadable JSON");
      }
    }
    return new GitLabException(error.build());
  }

  private static String print(Message message) {
    try {
      return PRINTER.print(message);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(
          "cannot write " + message.getDescriptorForType().getName() + " as JSON", e);
    }
  }

  private static boolean isJson(Answer<?> answer) {
    return contentType(answer).split(";", -1)[0].strip().toLowerCase(Locale.ROOT).equals(JSON);
  }

  private static String contentType(Answer<?> answer) {
    List<String> values = answer.response().headers().allValues("Content-Type");
    return values.size() == 1 ? values.getFirst() : "";
  }

  @Override
  public void close() {
    client.close();
  }
}
