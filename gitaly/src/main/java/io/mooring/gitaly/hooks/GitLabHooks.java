package io.mooring.gitaly.hooks;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.mooring.protocol.secret.Secret;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The hooks of a server that belongs to a GitLab: {@code allowed} and {@code pre_receive} before a
 * push, {@code post_receive} after it. A GitLab that cannot be asked refuses the push; one that
 * cannot be told hears of it later.
 */
public final class GitLabHooks implements PushHooks {
  private static final Logger LOG = LoggerFactory.getLogger(GitLabHooks.class);

  /** GitLab checks rules and quotas of the project here. */
  private static final Duration ASK_LIMIT = Duration.ofSeconds(30);

  /** The pusher waits for this; the spool takes over afterwards. */
  private static final Duration TELL_LIMIT = Duration.ofSeconds(10);

  private static final String UNREACHABLE =
      "GitLab: Internal API unreachable, so the push was refused and nothing has changed. Try again in a moment.";

  private static final String FRAME = "=".repeat(72);

  private final GitLabClient gitlab;
  private final NoticeSpool spool;
  private final NoticeSender sender;
  private final InstantSource clock;

  /**
   * Starts the delivery of what an earlier run could not tell.
   *
   * @param url of GitLab
   * @param secret shared with GitLab
   * @param spoolFolder for notices that wait; one server uses it
   */
  public GitLabHooks(
      URI url, Secret secret, Path spoolFolder, InstantSource clock, RandomGenerator random)
      throws IOException {
    this.clock = clock;
    gitlab = new GitLabClient(url, secret, clock);
    spool = new NoticeSpool(spoolFolder);
    sender = new NoticeSender(spool, this::tell, clock, random);
    sender.start();
  }

  @Override
  public Answer ask(Push push) {
    try {
      Optional<String> refusal = refusal(push);
      if (refusal.isPresent()) {
        return new Refused("GitLab: " + refusal.get());
      }
    } catch (IOException e) {
      LOG.atWarn()
          .setCause(e)
          .addKeyValue("gl_repository", push.user().glRepository())
          .log("GitLab did not answer whether a push is allowed; it was refused");
      return new Refused(UNREACHABLE);
    }
    var notice =
        new Notice(
            spool.newId(clock.instant()),
            push.user().glRepository(),
            push.user().glId(),
            push.lines(),
            push.options(),
            clock.instant());
    try {
      spool.write(notice);
    } catch (IOException e) {
      LOG.atError().setCause(e).log("A push was refused because the notice of it cannot be stored");
      return new Refused(
          "GitLab: the server cannot store that you push, so the push was refused. Tell its administrator.");
    }
    return new Allowed(notice);
  }

  @Override
  public List<String> report(Notice notice, List<RefChange> done) {
    if (done.isEmpty()) {
      remove(notice);
      return List.of();
    }
    Notice told = notice.with(done);
    try {
      GitLabClient.Answer answer = gitlab.post("post_receive", told.body(), TELL_LIMIT);
      if (answer.status() == 200 || answer.status() == 201) {
        remove(notice);
        return messages(answer.body());
      }
      LOG.atWarn()
          .addKeyValue("status_code", answer.status())
          .addKeyValue("gl_repository", notice.glRepository())
          .log("GitLab did not take the notice of a push; it will be told again");
    } catch (IOException e) {
      LOG.atWarn()
          .setCause(e)
          .addKeyValue("gl_repository", notice.glRepository())
          .log("GitLab cannot be told of a push; it will be told later");
    }
    keep(told);
    return List.of();
  }

  /** Number of notices that GitLab has not taken yet. */
  public int pending() {
    return sender.pending();
  }

  @Override
  public void close() {
    sender.close();
    gitlab.close();
  }

  private Optional<String> refusal(Push push) throws IOException {
    GitLabClient.Answer allowed = gitlab.post("allowed", question(push), ASK_LIMIT);
    boolean answered = allowed.status() == 200 || allowed.status() == 300;
    if (!answered || !allowed.isTrue("status")) {
      return Optional.of(
          allowed.text("message").orElse("Internal API error (" + allowed.status() + ")"));
    }
    var body = new JsonObject();
    body.addProperty("gl_repository", push.user().glRepository());
    GitLabClient.Answer counted = gitlab.post("pre_receive", body, ASK_LIMIT);
    if (counted.status() >= 300 || !counted.isTrue("reference_counter_increased")) {
      return Optional.of(
          counted.text("message").orElse("Internal API error (" + counted.status() + ")"));
    }
    return Optional.empty();
  }

  private static JsonObject question(Push push) {
    var body = new JsonObject();
    body.addProperty("action", "git-receive-pack");
    body.addProperty("gl_repository", push.user().glRepository());
    body.addProperty("project", push.relativePath());
    body.addProperty("changes", push.lines());
    body.addProperty("protocol", push.protocol());
    body.addProperty("relative_path", push.relativePath());
    body.addProperty("env", environment(push).toString());
    String glId = push.user().glId();
    if (glId.startsWith("user-")) {
      body.addProperty("user_id", glId.substring("user-".length()));
    } else if (glId.startsWith("key-")) {
      body.addProperty("key_id", glId.substring("key-".length()));
    } else {
      body.addProperty(
          "username", push.user().glUsername().isEmpty() ? glId : push.user().glUsername());
    }
    return body;
  }

  private static JsonObject environment(Push push) {
    var environment = new JsonObject();
    push.quarantine()
        .ifPresent(folder -> {
          environment.addProperty("GIT_OBJECT_DIRECTORY_RELATIVE", folder);
          var others = new JsonArray();
          others.add("objects");
          environment.add("GIT_ALTERNATE_OBJECT_DIRECTORIES_RELATIVE", others);
        });
    return environment;
  }

  /** The lines that the pusher reads; an alert gets a frame around it. */
  static List<String> messages(JsonObject answer) {
    var lines = new ArrayList<String>();
    if (answer.get("messages") instanceof JsonArray list) {
      for (JsonElement element : list) {
        if (element instanceof JsonObject message
            && message.get("message") instanceof JsonPrimitive text) {
          boolean alert =
              message.get("type") instanceof JsonPrimitive type
                  && type.getAsString().equals("alert");
          lines.add("");
          if (alert) {
            lines.add(FRAME);
          }
          text.getAsString().lines().forEach(lines::add);
          if (alert) {
            lines.add(FRAME);
          }
        }
      }
      if (!lines.isEmpty()) {
        lines.add("");
      }
    }
    return lines;
  }

  private NoticeSender.Outcome tell(Notice notice) throws IOException {
    int status = gitlab.post("post_receive", notice.body(), ASK_LIMIT).status();
    if (status == 200 || status == 201) {
      return NoticeSender.Outcome.TAKEN;
    }
    // The project is gone, or GitLab will never understand this one: telling it again changes
    // nothing.
    return status == 404 || status == 400 || status == 422
        ? NoticeSender.Outcome.REFUSED
        : NoticeSender.Outcome.LATER;
  }

  private void keep(Notice notice) {
    try {
      spool.write(notice);
    } catch (IOException e) {
      LOG.atError()
          .setCause(e)
          .addKeyValue("gl_repository", notice.glRepository())
          .log("A notice of a push cannot be stored; it is lost if the server stops now");
    }
    sender.add(notice);
  }

  private void remove(Notice notice) {
    try {
      spool.remove(notice);
    } catch (IOException e) {
      LOG.atWarn()
          .setCause(e)
          .addKeyValue("gl_repository", notice.glRepository())
          .log("A notice of a push cannot be removed; GitLab may be told twice");
    }
  }
}
