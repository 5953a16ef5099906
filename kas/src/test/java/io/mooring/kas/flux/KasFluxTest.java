package io.mooring.kas.flux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.kas.KasFixture;
import io.mooring.kas.LoggedLines;
import io.mooring.kas.gitlab.ScriptedGitLab.Asked;
import io.mooring.kas.gitlab.ScriptedGitLab.Reply;
import io.mooring.testkit.secret.Canaries;
import io.mooring.wire.event.GitPushEvent;
import io.mooring.wire.flux.rpc.GitLabFluxGrpc;
import io.mooring.wire.flux.rpc.Project;
import io.mooring.wire.flux.rpc.ReconcileProjectsRequest;
import io.mooring.wire.flux.rpc.ReconcileProjectsResponse;
import io.mooring.wire.notifications.rpc.GitPushEventRequest;
import io.mooring.wire.notifications.rpc.NotificationsGrpc;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole kas between GitLab, which tells of a push, and an agent that asked for it. */
class KasFluxTest {
  private static final String PROJECT = "group/project";

  @Test
  @Tag("wire-92")
  void carriesAPushFromGitLabToTheAgentThatMayReadTheProject(@TempDir Path folder)
      throws Exception {
    Canaries canaries = new Canaries();
    canaries.add("token of the agent", KasFixture.TOKEN);
    try (LoggedLines output = new LoggedLines()) {
      KasFixture kas = KasFixture.start(folder);
      kas.gitlab().on("verify_project_access", asked -> Reply.status(204));
      Iterator<ReconcileProjectsResponse> answers =
          GitLabFluxGrpc.newBlockingStub(kas.agent())
              .withDeadlineAfter(30, TimeUnit.SECONDS)
              .reconcileProjects(
                  ReconcileProjectsRequest.newBuilder()
                      .addProject(Project.newBuilder().setId(PROJECT))
                      .build());

      await()
          .untilAsserted(() -> {
            push(kas);
            assertThat(kas.observability("/metrics"))
                // A push that was counted late may have been followed by another one.
                .containsPattern("\nflux_git_push_notifications_total [1-9]")
                .contains("flux_dropped_git_push_notifications_total 0.0");
          });

      assertThat(answers.next().getProject().getId()).isEqualTo(PROJECT);
      List<Asked> asked = kas.gitlab().asked("verify_project_access");
      assertThat(asked)
          .singleElement()
          .satisfies(request -> {
            assertThat(request.query()).isEqualTo("id=group%2Fproject");
            assertThat(request.header("Authorization")).contains("Bearer " + KasFixture.TOKEN);
          });
      CompletableFuture<Boolean> more =
          CompletableFuture.supplyAsync(() -> {
            answers.forEachRemaining(answer -> {});
            return false;
          });
      long before = System.nanoTime();
      kas.kas().close();
      assertThat(more.get(10, TimeUnit.SECONDS)).as("ends with OK").isFalse();
      assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(10));
      kas.close();
      assertThat(output.text()).contains("Git push event received");
      canaries.assertAbsent("the log", output.text());
    }
  }

  private static void push(KasFixture kas) {
    GitPushEvent event =
        GitPushEvent.newBuilder()
            .setProject(io.mooring.wire.event.Project.newBuilder().setId(77).setFullPath(PROJECT))
            .build();
    var _ =
        NotificationsGrpc.newBlockingStub(kas.api())
            .gitPushEvent(GitPushEventRequest.newBuilder().setEvent(event).build());
  }
}
