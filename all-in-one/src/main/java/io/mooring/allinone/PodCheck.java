package io.mooring.allinone;

import static io.mooring.allinone.Checklist.require;
import static io.mooring.allinone.Checklist.requirePart;
import static io.mooring.allinone.Checklist.seconds;

import io.mooring.testkit.kubernetes.LocalNode;
import io.mooring.testkit.process.Command;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The streams of kubectl through kas, with a real Pod: logs, exec, cp and port-forward. */
final class PodCheck {

  /** Enough to fill every window on the way many times. */
  private static final int COPIED_MIB = 32;

  private static final Duration COPY_BOUND = Duration.ofMinutes(2);
  private static final Pattern FORWARDING =
      Pattern.compile("Forwarding from 127.0.0.1:(\\d+) -> .*");

  private final Stack stack;
  private final ClusterAccess access;
  private final String who;
  private final String pod;

  PodCheck(Stack stack, ClusterAccess access, String who) {
    this.stack = stack;
    this.access = access;
    this.who = who;
    this.pod = "talker-" + who.replace(' ', '-').toLowerCase(Locale.ROOT);
  }

  void run(Checklist list) throws Checklist.FailedException, InterruptedException {
    list.step("a Pod runs " + who, this::startPod);
    list.step("kubectl logs -f " + who, this::logs);
    list.step("kubectl exec with stdin, exit code and terminal " + who, this::exec);
    list.step("kubectl cp both ways " + who, this::copy);
    list.step("kubectl port-forward " + who, this::portForward);
    list.step("the Pod is deleted " + who, this::deletePod);
  }

  private String startPod() {
    access.apply(
        """
        apiVersion: v1
        kind: Pod
        metadata:
          name: %s
          namespace: %s
        spec:
          automountServiceAccountToken: false
          restartPolicy: Never
          terminationGracePeriodSeconds: 0
          containers:
          - name: main
            image: %s
            imagePullPolicy: Never
            command:
            - sh
            - -c
            - |
              mkdir -p /www && echo 'served by the Pod' > /www/index.html
              httpd -p 8080 -h /www
              n=0; while true; do n=$((n+1)); echo "line $n"; sleep 0.2; done
        """
            .formatted(pod, access.namespace(), LocalNode.IMAGE));
    access.run("wait", "pod/" + pod, "--for=condition=Ready", "--timeout=60s");
    return "";
  }

  private String logs() throws IOException, InterruptedException {
    require("line 1", access.run("logs", pod).lines().findFirst().orElse("nothing"));
    try (KubectlOutput output =
        KubectlOutput.start(access.kubeconfig(), stack.clock(), "logs", "-f", "--tail=1", pod)) {
      KubectlOutput.Line first = output.await("a line", text -> true, Checklist.LIMIT);
      int number = Integer.parseInt(first.text().replace("line ", ""));
      KubectlOutput.Line later =
          output.await("a later line", ("line " + (number + 5))::equals, Checklist.LIMIT);
      return "five lines followed within " + seconds(Duration.between(first.at(), later.at()));
    }
  }

  private String exec() throws IOException {
    require(
        "HELLO\n",
        access.command("exec", "-i", pod, "--", "tr", "a-z", "A-Z").withInput("hello\n").output());
    Command.Output ended = access.command("exec", pod, "--", "sh", "-c", "exit 42").run();
    require("42", String.valueOf(ended.exitCode()));
    // script(1) gives kubectl the terminal that it wants for -t.
    Command.Output terminal =
        Command.of(
                "script",
                "-qec",
                "kubectl exec -it %s -- sh -c 'tty; stty size; exit 7'".formatted(pod),
                "/dev/null")
            .withVariable("KUBECONFIG", access.kubeconfig().toString())
            .withVariable("HOME", stack.state().path("").toString())
            .withInput("")
            .run();
    requirePart("/dev/pts/", terminal.stdout());
    require("7", String.valueOf(terminal.exitCode()));
    return "exit codes 42 and 7 arrived";
  }

  private String copy() throws IOException {
    Path file = stack.state().path("copied-up");
    Path back = stack.state().path("copied-back");
    writeRandom(file);
    Instant started = stack.clock().instant();
    copy(file.toString(), pod + ":/tmp/copied");
    require(sha256(file), firstWord(access.run("exec", pod, "--", "sha256sum", "/tmp/copied")));
    copy(pod + ":/tmp/copied", back.toString());
    require(sha256(file), sha256(back));
    String taken = seconds(Duration.between(started, stack.clock().instant()));
    Files.delete(file);
    Files.delete(back);
    return "%d MiB there and back in %s, same checksum".formatted(COPIED_MIB, taken);
  }

  private static String firstWord(String text) {
    return text.substring(0, text.indexOf(' '));
  }

  private void copy(String from, String to) {
    access.command("cp", from, to).withBound(COPY_BOUND).output();
  }

  private String portForward() throws IOException, InterruptedException {
    try (KubectlOutput output =
            KubectlOutput.start(
                access.kubeconfig(), stack.clock(), "port-forward", "pod/" + pod, ":8080");
        HttpClient client = HttpClient.newHttpClient()) {
      String line =
          output
              .await("its port", text -> FORWARDING.matcher(text).matches(), Checklist.LIMIT)
              .text();
      Matcher port = FORWARDING.matcher(line);
      require("true", String.valueOf(port.matches()));
      URI page = URI.create("http://127.0.0.1:" + port.group(1) + "/");
      for (int i = 0; i < 5; i++) {
        require(
            "served by the Pod\n",
            client
                .send(
                    HttpRequest.newBuilder(page).timeout(Checklist.LIMIT).build(),
                    BodyHandlers.ofString())
                .body());
      }
    }
    return "";
  }

  private String deletePod() {
    access.run("delete", "pod", pod, "--grace-period=0", "--force");
    return "";
  }

  /** Bytes that no compression on the way makes smaller; always the same. */
  private static void writeRandom(Path file) throws IOException {
    Random random = new Random(COPIED_MIB);
    byte[] piece = new byte[1 << 20];
    try (OutputStream out = Files.newOutputStream(file)) {
      for (int i = 0; i < COPIED_MIB; i++) {
        random.nextBytes(piece);
        out.write(piece);
      }
    }
  }

  private static String sha256(Path file) throws IOException {
    try (DigestInputStream in =
        new DigestInputStream(Files.newInputStream(file), MessageDigest.getInstance("SHA-256"))) {
      in.transferTo(OutputStream.nullOutputStream());
      return HexFormat.of().formatHex(in.getMessageDigest().digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
