package io.mooring.gitaly.smarthttp;

import io.mooring.gitaly.failure.GitalyFailure;
import io.mooring.wire.gitaly.InfoRefsRequest;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.transport.PacketLineOut;
import org.eclipse.jgit.transport.ReceivePack;
import org.eclipse.jgit.transport.RefAdvertiser.PacketLineOutRefAdvertiser;
import org.eclipse.jgit.transport.UploadPack;

/**
 * What a repository has to offer (gitlab-side.md 8.4): the service, then the references with HEAD
 * first and the capabilities behind the first of them; with protocol 2 only the capabilities.
 */
final class Advertisement {
  private static final String VERSION_2 = "version=2";

  private Advertisement() {}

  /** Whether a client speaks protocol 2; anything unknown means the oldest. */
  static boolean isVersion2(String gitProtocol) {
    return List.of(gitProtocol.split(":", -1)).contains(VERSION_2);
  }

  /** For fetching. */
  static void uploadPack(Repository repository, InfoRefsRequest request, OutputStream out)
      throws IOException {
    check(request);
    begin("git-upload-pack", out);
    boolean version2 = isVersion2(request.getGitProtocol());
    if (!version2 && visible(repository).isEmpty()) {
      // Newer gits would put a line "capabilities^{}" here; kas takes any line for a reference
      // (gitlab-api.md 6.2).
      out.write(PacketLines.flush());
    } else {
      try (var upload = new UploadPack(repository)) {
        UploadPackSetup.apply(upload, repository, request.getGitProtocol());
        upload.sendAdvertisedRefs(new PacketLineOutRefAdvertiser(new PacketLineOut(out)));
      }
    }
    out.flush();
  }

  /** For pushing; there is only the old protocol. */
  static void receivePack(
      Repository repository, InfoRefsRequest request, Consumer<ReceivePack> setup, OutputStream out)
      throws IOException {
    check(request);
    begin("git-receive-pack", out);
    var receive = new ReceivePack(repository);
    try {
      setup.accept(receive);
      receive.sendAdvertisedRefs(new PacketLineOutRefAdvertiser(new PacketLineOut(out)));
    } finally {
      receive.getRevWalk().close();
    }
    out.flush();
  }

  private static Map<String, Ref> visible(Repository repository) throws IOException {
    Map<String, Ref> refs = new java.util.HashMap<>();
    for (Ref ref : repository.getRefDatabase().getRefs()) {
      if (ref.getObjectId() != null) {
        refs.put(ref.getName(), ref);
      }
    }
    return HiddenRefs.UPLOAD_PACK.filter(refs);
  }

  private static void begin(String service, OutputStream out) throws IOException {
    out.write(PacketLines.line("# service=" + service + "\n"));
    out.write(PacketLines.flush());
  }

  private static void check(InfoRefsRequest request) {
    for (String option : request.getGitConfigOptionsList()) {
      if (option.indexOf('=') < 1) {
        throw GitalyFailure.invalid(
            "cannot convert invalid config key: \"" + option + "\" (expected: key=value)");
      }
    }
  }
}
