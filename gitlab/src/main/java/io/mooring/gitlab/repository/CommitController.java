package io.mooring.gitlab.repository;

import com.google.protobuf.ByteString;
import io.mooring.gitlab.gitaly.GitalyStorages;
import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.http.ExternalUrl;
import io.mooring.gitlab.http.Parameters;
import io.mooring.gitlab.identity.Caller;
import io.mooring.gitlab.identity.User;
import io.mooring.gitlab.project.Access;
import io.mooring.gitlab.project.Project;
import io.mooring.gitlab.project.Role;
import io.mooring.wire.gitaly.OperationServiceGrpc;
import io.mooring.wire.gitaly.UserCommitFilesAction;
import io.mooring.wire.gitaly.UserCommitFilesActionHeader;
import io.mooring.wire.gitaly.UserCommitFilesRequest;
import io.mooring.wire.gitaly.UserCommitFilesRequestHeader;
import io.mooring.wire.gitaly.UserCommitFilesResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Commits made through the API; hooks and branch rules apply as to a push. */
@RestController
class CommitController {
  private static final Map<String, UserCommitFilesActionHeader.ActionType> ACTIONS =
      Map.of(
          "create", UserCommitFilesActionHeader.ActionType.CREATE,
          "update", UserCommitFilesActionHeader.ActionType.UPDATE,
          "move", UserCommitFilesActionHeader.ActionType.MOVE,
          "delete", UserCommitFilesActionHeader.ActionType.DELETE,
          "chmod", UserCommitFilesActionHeader.ActionType.CHMOD);

  /** More belong into a push. */
  private static final int MAX_ACTIONS = 1000;

  private static final long DEADLINE_SECONDS = 60;

  private final Access access;
  private final Trees trees;
  private final GitalyStorages storages;
  private final ExternalUrl external;

  CommitController(Access access, Trees trees, GitalyStorages storages, ExternalUrl external) {
    this.access = access;
    this.trees = trees;
    this.storages = storages;
    this.external = external;
  }

  @PostMapping("/api/v4/projects/{id}/repository/commits")
  @ResponseStatus(HttpStatus.CREATED)
  Commit create(Caller caller, @PathVariable String id, Parameters parameters) {
    Project project = access.project(caller, id, Role.DEVELOPER);
    User author = caller.requireUser();
    String branch = parameters.requiredText("branch");
    String message = parameters.requiredText("commit_message");
    Optional<String> start = parameters.text("start_branch");
    List<UserCommitFilesRequest> actions = actions(parameters);
    parameters.check();
    var header =
        UserCommitFilesRequestHeader.newBuilder()
            .setRepository(project.repository().message())
            .setUser(
                io.mooring.wire.gitaly.User.newBuilder()
                    .setGlId("user-" + author.id())
                    .setGlUsername(author.username())
                    .setName(ByteString.copyFromUtf8(author.name()))
                    .setEmail(ByteString.copyFromUtf8(author.email())))
            .setBranchName(ByteString.copyFromUtf8(branch))
            .setCommitMessage(ByteString.copyFromUtf8(message))
            .setStartBranchName(ByteString.copyFromUtf8(start.orElse("")));
    UserCommitFilesResponse response =
        send(project, UserCommitFilesRequest.newBuilder().setHeader(header).build(), actions);
    String problem =
        response.getIndexError().isEmpty()
            ? response.getPreReceiveError()
            : response.getIndexError();
    if (!problem.isEmpty()) {
      throw ApiException.message(HttpStatus.BAD_REQUEST, problem);
    }
    return trees
        .commit(project.repository(), response.getBranchUpdate().getCommitId())
        .map(commit -> Commit.of(commit, project, external))
        .orElseThrow(() -> ApiException.notFound("Commit"));
  }

  private static List<UserCommitFilesRequest> actions(Parameters parameters) {
    Optional<JsonNode> given = parameters.node("actions");
    if (given.isEmpty() || !given.get().isArray() || given.get().size() > MAX_ACTIONS) {
      parameters.refuse(given.isEmpty() ? "actions is missing" : "actions is invalid");
      return List.of();
    }
    var requests = new ArrayList<UserCommitFilesRequest>();
    for (JsonNode node : given.get()) {
      if (node instanceof ObjectNode object) {
        add(requests, Parameters.of(object), parameters);
      } else {
        parameters.refuse("actions is invalid");
      }
    }
    return requests;
  }

  private static void add(
      List<UserCommitFilesRequest> requests, Parameters action, Parameters all) {
    String kind = action.requiredWord("action", ACTIONS.keySet());
    String path = action.requiredText("file_path");
    String previous = action.text("previous_path").orElse("");
    String content = action.node("content").map(JsonNode::asString).orElse("");
    String encoding = action.word("encoding", Set.of("text", "base64")).orElse("text");
    boolean executable = action.flag("execute_filemode").orElse(false);
    try {
      action.check();
      var header =
          UserCommitFilesActionHeader.newBuilder()
              .setAction(Optional.ofNullable(ACTIONS.get(kind)).orElseThrow())
              .setFilePath(ByteString.copyFromUtf8(path))
              .setPreviousPath(ByteString.copyFromUtf8(previous))
              .setExecuteFilemode(executable)
              .setInferContent(!action.has("content"));
      requests.add(request(UserCommitFilesAction.newBuilder().setHeader(header)));
      byte[] bytes =
          encoding.equals("base64")
              ? Base64.getMimeDecoder().decode(content)
              : content.getBytes(StandardCharsets.UTF_8);
      if (bytes.length > 0) {
        requests.add(
            request(UserCommitFilesAction.newBuilder().setContent(ByteString.copyFrom(bytes))));
      }
    } catch (ApiException e) {
      all.refuse("actions[" + String.valueOf(e.body().get("error")) + "]");
    } catch (IllegalArgumentException e) {
      all.refuse("actions[content is invalid]");
    }
  }

  private static UserCommitFilesRequest request(UserCommitFilesAction.Builder action) {
    return UserCommitFilesRequest.newBuilder().setAction(action).build();
  }

  private UserCommitFilesResponse send(
      Project project, UserCommitFilesRequest header, List<UserCommitFilesRequest> actions) {
    var answer = new CompletableFuture<UserCommitFilesResponse>();
    var requests =
        OperationServiceGrpc.newStub(storages.channel(project.storageName()))
            .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
            .userCommitFiles(new SingleAnswer<>(answer));
    requests.onNext(header);
    actions.forEach(requests::onNext);
    requests.onCompleted();
    try {
      return answer.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof io.grpc.StatusRuntimeException failure) {
        throw refusal(failure);
      }
      throw new IllegalStateException("the Git server's answer cannot be read", e);
    } catch (TimeoutException e) {
      throw io.grpc.Status.DEADLINE_EXCEEDED.withCause(e).asRuntimeException();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw io.grpc.Status.CANCELLED.withCause(e).asRuntimeException();
    }
  }

  /**
   * What the Git server found wrong with the request is told; what is wrong with the server is not.
   */
  private static RuntimeException refusal(io.grpc.StatusRuntimeException failure) {
    String text = Optional.ofNullable(failure.getStatus().getDescription()).orElse("");
    return switch (failure.getStatus().getCode()) {
      case INVALID_ARGUMENT, ALREADY_EXISTS, NOT_FOUND, FAILED_PRECONDITION ->
          ApiException.message(HttpStatus.BAD_REQUEST, text);
      case PERMISSION_DENIED ->
          ApiException.message(HttpStatus.FORBIDDEN, text.isEmpty() ? "403 Forbidden" : text);
      default -> failure;
    };
  }
}
