package io.mooring.gitlab.push;

import io.grpc.StatusRuntimeException;
import io.mooring.gitlab.broadcast.Broadcasts;
import io.mooring.gitlab.broadcast.Notice;
import io.mooring.gitlab.broadcast.Stream;
import io.mooring.gitlab.gitaly.Repositories;
import io.mooring.gitlab.http.Json;
import io.mooring.gitlab.kas.KasClient;
import io.mooring.gitlab.project.Project;
import io.mooring.gitlab.project.Projects;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Takes note of a push that the Git server accepted. Thread-safe. */
@Component
public class PushReceiver {
  private static final Logger log = LoggerFactory.getLogger(PushReceiver.class);

  /** Lines about one push; a mirror moves thousands of refs at once. */
  private static final int MAX_LOGGED = 20;

  private final Projects projects;
  private final Repositories repositories;
  private final PushNotices notices;
  private final PushCourier courier;
  private final KasClient kas;
  private final Broadcasts broadcasts;
  private final InstantSource clock;
  private final TransactionTemplate transactions;

  PushReceiver(
      Projects projects,
      Repositories repositories,
      PushNotices notices,
      PushCourier courier,
      KasClient kas,
      Broadcasts broadcasts,
      InstantSource clock,
      TransactionTemplate transactions) {
    this.projects = projects;
    this.repositories = repositories;
    this.notices = notices;
    this.courier = courier;
    this.kas = kas;
    this.broadcasts = broadcasts;
    this.clock = clock;
    this.transactions = transactions;
  }

  /** Notes the push; kas is told soon after this returns. */
  public void received(Project project, List<RefChange> changes) {
    boolean branches =
        changes.stream()
            .anyMatch(
                change -> change.branch().isPresent() && (change.creates() || change.deletes()));
    Optional<String> standard = branches ? defaultBranch(project) : Optional.empty();
    transactions.executeWithoutResult(status -> {
      standard.ifPresent(branch -> projects.defaultBranch(project.id(), branch));
      if (kas.isEnabled()) {
        notices.add(project.id());
      }
    });
    changes.stream()
        .limit(MAX_LOGGED)
        .forEach(change ->
            log.atInfo()
                .addKeyValue("project_id", project.fullPath())
                .addKeyValue("git_ref", change.ref())
                .addKeyValue("commit_id", change.after())
                .log("Git push received"));
    courier.wake();
    broadcasts.publish(Stream.ofProject(project.id()), notice(changes));
  }

  private Notice notice(List<RefChange> changes) {
    ObjectNode data = Json.MAPPER.createObjectNode();
    ArrayNode refs = data.putArray("changes");
    changes.stream()
        .limit(MAX_LOGGED)
        .forEach(change ->
            refs.addObject()
                .put("ref", change.ref())
                .put("before", change.before())
                .put("after", change.after()));
    data.put("total", changes.size());
    return Notice.ofProject("push", clock.instant(), data);
  }

  /** The first branch of a new repository stands for it, whatever it is called. */
  private Optional<String> defaultBranch(Project project) {
    try {
      return repositories.defaultBranch(project.repository());
    } catch (StatusRuntimeException e) {
      log.atWarn()
          .addKeyValue("project_id", project.fullPath())
          .setCause(e)
          .log("Default branch not looked up");
      return Optional.empty();
    }
  }
}
