package io.mooring.gitaly.smarthttp;

import io.mooring.gitaly.failure.GitalyFailure;
import io.mooring.gitaly.hooks.Notice;
import io.mooring.gitaly.hooks.Push;
import io.mooring.gitaly.hooks.PushHooks;
import io.mooring.gitaly.hooks.RefChange;
import io.mooring.gitaly.storage.Location;
import io.mooring.gitaly.storage.Quarantine;
import io.mooring.wire.gitaly.PostReceivePackRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.errors.PackProtocolException;
import org.eclipse.jgit.errors.UnpackException;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.transport.ReceiveCommand;
import org.eclipse.jgit.transport.ReceivePack;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One push (gitlab-side.md 8.8): the pack goes into a quarantine and is checked there; GitLab is
 * asked; the objects are taken over and are on disk; the references move; GitLab is told. A refusal
 * is part of git's own answer.
 */
final class PostReceivePackCall {
  private static final Logger LOG = LoggerFactory.getLogger(PostReceivePackCall.class);

  private final Location location;
  private final PostReceivePackRequest request;
  private final PushHooks hooks;
  private final long maxObject;
  private @Nullable Notice notice;

  PostReceivePackCall(
      Location location, PostReceivePackRequest request, PushHooks hooks, long maxObject) {
    this.location = location;
    this.request = request;
    this.hooks = hooks;
    this.maxObject = maxObject;
  }

  /** What needs no repository. */
  static void check(PostReceivePackRequest request) {
    if (request.getGlId().isEmpty()) {
      throw GitalyFailure.invalid("empty GlId");
    }
    if (!request.getData().isEmpty()) {
      throw GitalyFailure.invalid("non-empty Data");
    }
  }

  /** What the advertisement and the push itself have in common. */
  static void setUp(ReceivePack receive, long maxObject) {
    receive.setBiDirectionalPipe(false);
    receive.setRefFilter(HiddenRefs.RECEIVE_PACK);
    receive.setCheckReceivedObjects(true);
    receive.setAllowPushOptions(true);
    receive.setMaxObjectSizeLimit(maxObject);
  }

  void run(InputStream in, OutputStream out) throws IOException {
    try (Quarantine quarantine = Quarantine.open(location)) {
      var receive = new ReceivePack(quarantine.repository());
      setUp(receive, maxObject);
      String user = request.getGlUsername().isEmpty() ? request.getGlId() : request.getGlUsername();
      receive.setRefLogIdent(new PersonIdent(user, ""));
      receive.setPreReceiveHook((pack, commands) -> before(quarantine, pack, commands));
      receive.setPostReceiveHook((pack, commands) -> after(pack, commands));
      try {
        receive.receive(in, out, OutputStream.nullOutputStream());
      } catch (UnpackException | PackProtocolException e) {
        // The client has read the reason in git's own answer.
        LOG.atInfo()
            .setCause(e)
            .addKeyValue("relative_path", location.relativePath())
            .log("Push was not accepted");
      } finally {
        // Only a push that broke off between the answer of GitLab and its end is still open here.
        close(List.of());
      }
    }
    out.flush();
  }

  private void before(
      Quarantine quarantine, ReceivePack pack, Collection<ReceiveCommand> commands) {
    for (ReceiveCommand command : commands) {
      if (HiddenRefs.RECEIVE_PACK.hides(command.getRefName())) {
        command.setResult(
            ReceiveCommand.Result.REJECTED_OTHER_REASON, "deny updating a hidden ref");
      }
    }
    List<ReceiveCommand> wanted =
        ReceiveCommand.filter(commands, ReceiveCommand.Result.NOT_ATTEMPTED);
    boolean broken = pack.isAtomic() && wanted.size() < pack.getAllCommands().size();
    if (wanted.isEmpty() || broken) {
      return;
    }
    switch (hooks.ask(push(quarantine, pack, wanted))) {
      case PushHooks.Refused(String message) -> {
        message.lines().forEach(pack::sendMessage);
        refuse(wanted, "pre-receive hook declined");
      }
      case PushHooks.Allowed(Notice allowed) -> {
        notice = allowed;
        try {
          quarantine.takeOver();
        } catch (IOException e) {
          LOG.atError()
              .setCause(e)
              .addKeyValue("relative_path", location.relativePath())
              .log("Objects of a push cannot be stored");
          refuse(wanted, "unable to migrate objects to permanent storage");
        }
      }
    }
  }

  private void after(ReceivePack pack, Collection<ReceiveCommand> done) {
    close(done.stream().map(PostReceivePackCall::change).toList()).forEach(pack::sendMessage);
  }

  private List<String> close(List<RefChange> done) {
    Notice open = notice;
    notice = null;
    return open == null ? List.of() : hooks.report(open, done);
  }

  private Push push(Quarantine quarantine, ReceivePack pack, List<ReceiveCommand> wanted) {
    List<String> options = Optional.ofNullable(pack.getPushOptions()).orElse(List.of());
    return new Push(
        new Push.Pusher(request.getGlId(), request.getGlUsername(), request.getGlRepository()),
        location.relativePath(),
        "http",
        Optional.of(quarantine.relativePath()),
        wanted.stream().map(PostReceivePackCall::change).toList(),
        options);
  }

  private static RefChange change(ReceiveCommand command) {
    return new RefChange(command.getRefName(), command.getOldId(), command.getNewId());
  }

  private static void refuse(List<ReceiveCommand> commands, String reason) {
    for (ReceiveCommand command : commands) {
      command.setResult(ReceiveCommand.Result.REJECTED_OTHER_REASON, reason);
    }
  }
}
