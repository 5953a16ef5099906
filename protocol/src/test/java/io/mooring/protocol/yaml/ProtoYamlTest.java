package io.mooring.protocol.yaml;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mooring.wire.agentcfg.ConfigurationFile;
import io.mooring.wire.agentcfg.ManifestProjectCF;
import io.mooring.wire.agentcfg.log_level_enum;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProtoYamlTest {
  @Test
  void readsAWholeConfiguration() throws Exception {
    ConfigurationFile file =
        parse(
                """
                gitops:
                  manifest_projects:
                  - id: group/project
                    default_namespace: "apps"
                    paths:
                    - glob: '**/*.yaml'
                    reconcile_timeout: 1.5s
                    prune: no
                    ref: {tag: v1}
                observability:
                  logging:
                    level: debug
                    grpc_level: 2
                ci_access:
                  groups:
                  - id: group
                    access_as:
                      impersonate: {username: u, groups: [a, b], extra: [{key: k, val: [v]}]}
                """)
            .message();

    ManifestProjectCF project = file.getGitops().getManifestProjects(0);
    assertThat(project.getId()).isEqualTo("group/project");
    assertThat(project.getPaths(0).getGlob()).isEqualTo("**/*.yaml");
    assertThat(project.getReconcileTimeout().getSeconds()).isEqualTo(1);
    assertThat(project.getReconcileTimeout().getNanos()).isEqualTo(500_000_000);
    assertThat(project.hasPrune()).isTrue();
    assertThat(project.getPrune()).isFalse();
    assertThat(project.getRef().getTag()).isEqualTo("v1");
    assertThat(file.getObservability().getLogging().getLevel()).isEqualTo(log_level_enum.debug);
    assertThat(file.getObservability().getLogging().getGrpcLevel()).isEqualTo(log_level_enum.warn);
    assertThat(file.getCiAccess().getGroups(0).getAccessAs().getImpersonate().getGroupsList())
        .containsExactly("a", "b");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "\n", "# nothing\n", "null", "~", "---\n", "\ufeff", "gitops: ~", "gitops:"})
  @Tag("wire-32")
  @Tag("fault-46")
  void readsNothingAsAnEmptyConfiguration(String text) throws Exception {
    assertThat(parse(text).message()).isEqualTo(ConfigurationFile.getDefaultInstance());
  }

  @Test
  @Tag("wire-33")
  @Tag("fault-46")
  void namesAnUnknownFieldWithItsPositionAndTheKnownOnes() {
    assertThat(problems("gitops:\n  manifest_projects:\n  - id: a\n    globs: []\n"))
        .singleElement()
        .hasToString(
            "config.yaml:4:5: gitops.manifest_projects[0].globs: unknown field (expected: default_namespace,"
                + " dry_run_strategy, id, inventory_policy, paths, prune, prune_propagation_policy,"
                + " prune_timeout, reconcile_timeout, ref)");
  }

  @Test
  @Tag("wire-33")
  void refusesADurationThatIsNotInSeconds() {
    assertThat(problems("gitops: {manifest_projects: [{reconcile_timeout: 5m}]}"))
        .singleElement()
        .hasToString(
            "config.yaml:1:50: gitops.manifest_projects[0].reconcile_timeout: 5m (expected: seconds with the"
                + " suffix s, such as \"300s\")");
    assertThat(problems("gitops: {manifest_projects: [{reconcile_timeout: 300}]}")).hasSize(1);
  }

  @Test
  @Tag("fault-46")
  void collectsEveryWrongTypeInOneGo() {
    List<Problem> problems =
        problems(
            """
            gitops: [a]
            observability:
              logging: {level: loud}
            ci_access:
              projects: {id: a}
            container_scanning:
              vulnerability_report: {namespaces: [1, yes, {}]}
            """);

    assertThat(problems)
        .extracting(problem ->
            problem.line()
                + " "
                + problem.path()
                + ": "
                + problem.message()
                + ", "
                + problem.expected())
        .containsExactly(
            "1 gitops: a list, a mapping",
            "3 observability.logging.level: loud, info, debug, warn, error",
            "5 ci_access.projects: a mapping, a list",
            "7 container_scanning.vulnerability_report.namespaces[0]: 1, a string, so put it in quotes",
            "7 container_scanning.vulnerability_report.namespaces[1]: yes, a string, so put it in quotes",
            "7 container_scanning.vulnerability_report.namespaces[2]: a mapping, a string");
  }

  @Test
  void judgesTheRulesOfTheMessageAtTheirPosition() {
    assertThat(
            problems(
                "ci_access:\n  projects:\n  - id: ''\n  - default_namespace: a\ngitops:\n  manifest_projects:\n  - prune_propagation_policy: later\n"))
        .extracting(problem -> problem.line() + ":" + problem.column() + " " + problem.path())
        .containsExactlyInAnyOrder(
            "3:9 ci_access.projects[0].id",
            "4:5 ci_access.projects[1].id",
            "7:31 gitops.manifest_projects[0].prune_propagation_policy");
  }

  @Test
  void refusesTwoMembersOfOneChoice() {
    assertThat(problems("gitops: {manifest_projects: [{ref: {tag: a, branch: b}}]}"))
        .singleElement()
        .hasToString(
            "config.yaml:1:45: gitops.manifest_projects[0].ref.branch: tag is set too (expected: one of both)");
  }

  @Test
  @Tag("fault-46")
  void keepsTheLastOfTwoEqualKeysAndWarns() throws Exception {
    Parsed<ConfigurationFile> parsed =
        parse("flux: {webhook_receiver_url: a}\nflux:\n  webhook_receiver_url: b\n");

    assertThat(parsed.message().getFlux().getWebhookReceiverUrl()).isEqualTo("b");
    assertThat(parsed.warnings())
        .singleElement()
        .hasToString(
            "config.yaml:2:1: flux: stands twice, also in line 1; this one counts (expected: once)");
  }

  @Test
  void readsTheFirstDocumentOnlyAndSaysSo() throws Exception {
    Parsed<ConfigurationFile> parsed =
        parse("flux: {webhook_receiver_url: a}\n---\nflux: {webhook_receiver_url: b}\n");

    assertThat(parsed.message().getFlux().getWebhookReceiverUrl()).isEqualTo("a");
    assertThat(parsed.warnings()).hasSize(1);
  }

  @Test
  @Tag("fault-46")
  void followsAnchorsAndMergeKeys() throws Exception {
    ConfigurationFile file =
        parse(
                """
                gitops:
                  manifest_projects:
                  - &base {id: a, default_namespace: n}
                  - {<<: *base, id: b}
                  - <<: [{id: c}, *base]
                """)
            .message();

    assertThat(file.getGitops().getManifestProjectsList())
        .extracting(project -> project.getId() + " " + project.getDefaultNamespace())
        .containsExactly("a n", "b n", "c n");
  }

  @Test
  @Tag("fault-46")
  void refusesAMappingThatMergesItself() {
    assertThat(problems("gitops: &a\n  <<: *a\n"))
        .anySatisfy(problem -> assertThat(problem.line()).isEqualTo(1));
  }

  @Test
  @Tag("fault-46")
  void refusesAHugeDocumentUnread() {
    String large = "# " + "x".repeat(129 * 1024);

    assertThat(problems(large))
        .singleElement()
        .hasToString("config.yaml: 132098 bytes (expected: at most 131072)");
  }

  @Test
  @Tag("fault-46")
  void refusesBytesThatAreNoText() {
    byte[] binary = {'a', ':', '\n', ' ', (byte) 0xff, (byte) 0xfe, 0};

    var refused =
        catchThrowableOfType(
            InvalidDocumentException.class,
            () -> ProtoYaml.parse("config.yaml", binary, ConfigurationFile.getDefaultInstance()));

    assertThat(refused.problems())
        .singleElement()
        .hasToString("config.yaml:2:2: bytes that are not UTF-8 (expected: text in UTF-8)");
  }

  @Test
  @Tag("fault-46")
  void refusesControlCharactersAndTabsWithTheirLine() {
    assertThat(problems("a: b\nc: \u0001\n"))
        .singleElement()
        .extracting(Problem::line)
        .isEqualTo(2);
    assertThat(problems("gitops:\n\tmanifest_projects: []\n"))
        .singleElement()
        .extracting(Problem::line)
        .isEqualTo(2);
  }

  @Test
  @Tag("fault-46")
  void refusesTenThousandLevelsWithinTheTimeAllowed() {
    List<Problem> problems = problems("[".repeat(10_000));

    assertThat(problems)
        .singleElement()
        .hasToString("config.yaml:1:101: nested deeper than 100 (expected: YAML)");
  }

  @Test
  @Tag("fault-46")
  void refusesABillionLaughs() {
    var text = new StringBuilder("a: &a0 {<<: {}}\n");
    for (int i = 1; i < 12; i++) {
      String before = "*a" + (i - 1);
      text.append("k")
          .append(i)
          .append(": &a")
          .append(i)
          .append(" {<<: [")
          .append(String.join(", ", java.util.Collections.nCopies(10, before)))
          .append("]}\n");
    }
    text.append("gitops: {<<: *a11}\n");

    long start = System.nanoTime();
    List<Problem> problems = problems(text.toString());

    assertThat(problems)
        .anySatisfy(problem ->
            assertThat(problem.toString()).contains("aliases expand to more than 100000 nodes"));
    assertThat((System.nanoTime() - start) / 1_000_000).isLessThan(1_000);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gitops: !!java.net.URL [x]",
        "gitops: !foo {}",
        "!!set {a}",
        "just text",
        "- a",
        "? {a: b}\n: c",
        "a: 'x",
        "a: b: c",
        "*x",
        "gitops: {manifest_projects: [null]}",
        "observability: {logging: {level: 17}}",
        "gitops: {manifest_projects: [{prune: 'true'}]}"
      })
  @Tag("fault-46")
  void refusesWithAPosition(String text) {
    assertThat(problems(text))
        .isNotEmpty()
        .allSatisfy(problem -> assertThat(problem.line()).isPositive());
  }

  @Test
  void readsNumbersOfYaml11() throws Exception {
    var kas = io.mooring.wire.kascfg.ListenAgentCF.getDefaultInstance();

    assertThat(
            ProtoYaml.parse(
                    "kas.yaml", "connections_per_token_per_minute: 010".getBytes(UTF_8), kas)
                .message()
                .getConnectionsPerTokenPerMinute())
        .isEqualTo(8);
    assertThat(
            ProtoYaml.parse(
                    "kas.yaml", "connections_per_token_per_minute: 1_000".getBytes(UTF_8), kas)
                .message()
                .getConnectionsPerTokenPerMinute())
        .isEqualTo(1000);
    assertThat(
            ProtoYaml.parse(
                    "kas.yaml", "connections_per_token_per_minute: 0x10".getBytes(UTF_8), kas)
                .message()
                .getConnectionsPerTokenPerMinute())
        .isEqualTo(16);
    assertThat(
            ProtoYaml.parse(
                    "kas.yaml", "connections_per_token_per_minute: '12'".getBytes(UTF_8), kas)
                .message()
                .getConnectionsPerTokenPerMinute())
        .isEqualTo(12);
    for (String wrong : List.of("-1", "4294967296", "1.5", "1:30", ".inf", "abc", "1.0e+400")) {
      byte[] text = ("connections_per_token_per_minute: " + wrong).getBytes(UTF_8);
      assertThat(
              catchThrowableOfType(
                  InvalidDocumentException.class, () -> ProtoYaml.parse("kas.yaml", text, kas)))
          .as(wrong)
          .isNotNull();
    }
  }

  private static Parsed<ConfigurationFile> parse(String text) throws InvalidDocumentException {
    return ProtoYaml.parse(
        "config.yaml", text.getBytes(UTF_8), ConfigurationFile.getDefaultInstance());
  }

  private static List<Problem> problems(String text) {
    return catchThrowableOfType(InvalidDocumentException.class, () -> parse(text)).problems();
  }
}
