package io.mooring.protocol.validation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import io.mooring.wire.agentcfg.AgentConfiguration;
import io.mooring.wire.agentcfg.CiAccessAsAgentCF;
import io.mooring.wire.agentcfg.CiAccessAsCF;
import io.mooring.wire.agentcfg.CiAccessAsImpersonateCF;
import io.mooring.wire.agentcfg.CiAccessCF;
import io.mooring.wire.agentcfg.CiAccessProjectCF;
import io.mooring.wire.agentcfg.ConfigurationFile;
import io.mooring.wire.agentcfg.ContainerScanningCF;
import io.mooring.wire.agentcfg.ExtraKeyValCF;
import io.mooring.wire.agentcfg.GitRefCF;
import io.mooring.wire.agentcfg.GitopsCF;
import io.mooring.wire.agentcfg.ManifestProjectCF;
import io.mooring.wire.agentconfiguration.rpc.ConfigurationResponse;
import io.mooring.wire.agentevents.rpc.ReportRequest;
import io.mooring.wire.agenttracker.rpc.GetConnectedAgentsRequest;
import io.mooring.wire.configurationproject.rpc.ListAgentConfigFilesRequest;
import io.mooring.wire.entity.GitalyInfo;
import io.mooring.wire.entity.GitalyRepository;
import io.mooring.wire.event.Project;
import io.mooring.wire.gitops.rpc.ObjectsToSynchronizeRequest;
import io.mooring.wire.gitops.rpc.PathCF;
import io.mooring.wire.grpctool.HttpRequest;
import io.mooring.wire.kascfg.AgentCF;
import io.mooring.wire.kascfg.GitLabCF;
import io.mooring.wire.kascfg.ListenAgentCF;
import io.mooring.wire.kascfg.RedisCF;
import io.mooring.wire.kascfg.TokenBucketRateLimitCF;
import io.mooring.wire.prototool.Values;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("wire-29")
class ValidatorTest {

  @ParameterizedTest
  @MethodSource("brokenRules")
  void eachKindOfRuleHasItsText(Message broken, String path, String text, String expected) {
    assertThat(Validator.violations(broken)).containsExactly(new Violation(path, text, expected));
  }

  private static Stream<Arguments> brokenRules() {
    return Stream.of(
        Arguments.of(
            ConfigurationResponse.getDefaultInstance(),
            "commit_id",
            "invalid ConfigurationResponse.CommitId: value length must be at least 1 bytes",
            "not empty"),
        Arguments.of(
            HttpRequest.Header.getDefaultInstance(),
            "request",
            "invalid HttpRequest_Header.Request: value is required",
            "a value"),
        Arguments.of(
            GetConnectedAgentsRequest.getDefaultInstance(),
            "",
            "invalid GetConnectedAgentsRequest.Request: value is required",
            "one of project_id, agent_id"),
        Arguments.of(
            ReportRequest.getDefaultInstance(),
            "events",
            "invalid ReportRequest.Events: value must contain at least 1 item(s)",
            "at least 1 element"),
        Arguments.of(
            ExtraKeyValCF.newBuilder().setKey("k").addVal("v").addVal("").build(),
            "val[1]",
            "invalid ExtraKeyValCF.Val[1]: value length must be at least 1 bytes",
            "not empty"),
        Arguments.of(
            Project.newBuilder().setFullPath("group/project").build(),
            "id",
            "invalid Project.Id: value must be greater than 0",
            "greater than 0"),
        Arguments.of(
            RedisCF.newBuilder().setDatabaseIndex(-1).setServer(redisServer()).build(),
            "database_index",
            "invalid RedisCF.DatabaseIndex: value must be greater than or equal to 0",
            "at least 0"),
        Arguments.of(
            TokenBucketRateLimitCF.newBuilder().setRefillRatePerSecond(-0.5).build(),
            "refill_rate_per_second",
            "invalid TokenBucketRateLimitCF.RefillRatePerSecond: value must be greater than or equal to 0",
            "at least 0"),
        Arguments.of(
            AgentCF.newBuilder().setInfoCacheErrorTtl(Duration.getDefaultInstance()).build(),
            "info_cache_error_ttl",
            "invalid AgentCF.InfoCacheErrorTtl: value must be greater than 0s",
            "greater than 0s"),
        Arguments.of(
            AgentCF.newBuilder().setInfoCacheTtl(Duration.newBuilder().setNanos(-1)).build(),
            "info_cache_ttl",
            "invalid AgentCF.InfoCacheTtl: value must be greater than or equal to 0s",
            "at least 0s"),
        Arguments.of(
            AgentCF.newBuilder()
                .setInfoCacheTtl(Duration.newBuilder().setSeconds(1).setNanos(-1))
                .build(),
            "info_cache_ttl",
            "invalid AgentCF.InfoCacheTtl: value is not a valid duration",
            "seconds as in \"3600s\""),
        Arguments.of(
            ListenAgentCF.newBuilder().setNetwork("udp").build(),
            "network",
            "invalid ListenAgentCF.Network: value must be in list [tcp tcp4 tcp6 unix]",
            "one of tcp, tcp4, tcp6, unix"),
        Arguments.of(
            ManifestProjectCF.newBuilder().setDryRunStrategy("all").build(),
            "dry_run_strategy",
            "invalid ManifestProjectCF.DryRunStrategy: value must be in list [ none client server]",
            "one of none, client, server"),
        Arguments.of(
            GitLabCF.newBuilder()
                .setAuthenticationSecretFile("f")
                .setAddress("gitlab.example.com")
                .build(),
            "address",
            "invalid GitLabCF.Address: value must be absolute",
            "an absolute URI"),
        Arguments.of(
            GitLabCF.newBuilder().setAuthenticationSecretFile("f").setAddress("http://a b").build(),
            "address",
            "invalid GitLabCF.Address: value must be a valid URI",
            "an absolute URI"));
  }

  @Test
  void contentLengthMayBeUnknownButNotLess() {
    var request =
        io.mooring.wire.prototool.HttpRequest.newBuilder().setMethod("GET").setUrlPath("/");

    var unknown = HttpRequest.Header.newBuilder().setRequest(request).setContentLength(-1).build();
    var less = unknown.toBuilder().setContentLength(-2).build();

    assertThat(Validator.violations(unknown)).isEmpty();
    assertThat(Validator.violations(less))
        .extracting(Violation::message)
        .containsExactly(
            "invalid HttpRequest_Header.ContentLength: value must be greater than or equal to -1");
  }

  @Test
  void ofAOneofOnlyTheMemberThatIsSetIsJudged() {
    var asAgent =
        CiAccessAsCF.newBuilder().setAgent(CiAccessAsAgentCF.getDefaultInstance()).build();
    var byTag = GitRefCF.newBuilder().setTag("").build();

    assertThat(Validator.violations(asAgent)).isEmpty();
    assertThat(Validator.violations(byTag)).extracting(Violation::path).containsExactly("tag");
  }

  @Test
  void fieldsWithPresenceAreJudgedOnlyWhenSet() {
    var absent = ManifestProjectCF.getDefaultInstance();
    var empty = ManifestProjectCF.newBuilder().setId("").build();

    assertThat(Validator.violations(absent)).isEmpty();
    assertThat(Validator.violations(empty)).extracting(Violation::path).containsExactly("id");
  }

  @Test
  void violationsOfContainedMessagesCarryTheWholePath() {
    var file =
        ConfigurationFile.newBuilder()
            .setGitops(
                GitopsCF.newBuilder()
                    .addManifestProjects(ManifestProjectCF.newBuilder().setId("a"))
                    .addManifestProjects(
                        ManifestProjectCF.newBuilder()
                            .setId("")
                            .setRef(GitRefCF.getDefaultInstance())))
            .setCiAccess(
                CiAccessCF.newBuilder()
                    .addProjects(
                        CiAccessProjectCF.newBuilder()
                            .setId("p")
                            .setAccessAs(
                                CiAccessAsCF.newBuilder()
                                    .setImpersonate(CiAccessAsImpersonateCF.getDefaultInstance()))))
            .build();

    assertThat(Validator.violations(file))
        .extracting(Violation::path)
        .containsExactly(
            "gitops.manifest_projects[1].ref",
            "gitops.manifest_projects[1].id",
            "ci_access.projects[0].access_as.impersonate.username");
  }

  @Test
  void textOfContainedMessagesNamesTheCause() {
    var request =
        ListAgentConfigFilesRequest.newBuilder()
            .setRepository(GitalyRepository.newBuilder().setStorageName("s").setGlRepository("r"))
            .build();

    assertThatThrownBy(() -> Validator.check(request))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessage(
            "invalid ListAgentConfigFilesRequest.Repository: embedded message failed validation | caused by: "
                + "invalid GitalyRepository.RelativePath: value length must be at least 1 bytes; "
                + "invalid GitalyRepository.GlProjectPath: value length must be at least 1 bytes; "
                + "invalid ListAgentConfigFilesRequest.GitalyInfo: value is required")
        .satisfies(e ->
            assertThat(((InvalidMessageException) e).violations())
                .extracting(Violation::path)
                .containsExactly(
                    "repository.relative_path", "repository.gl_project_path", "gitaly_info"));
  }

  @Test
  void boundsAndListsAllowWhatTheyName() {
    var listen =
        ListenAgentCF.newBuilder().setNetwork("unix").setListenGracePeriod(seconds(5)).build();
    var request =
        ObjectsToSynchronizeRequest.newBuilder()
            .setProjectId("p")
            .addPaths(PathCF.newBuilder().setGlob("*"))
            .build();
    var never = AgentCF.newBuilder().setInfoCacheTtl(seconds(0)).build();

    assertThat(List.of(listen, request, never))
        .allSatisfy(
            message -> assertThatCode(() -> Validator.check(message)).doesNotThrowAnyException());
  }

  @Test
  void valuesOfMapsAreMessagesLikeOthers() {
    var request =
        io.mooring.wire.prototool.HttpRequest.newBuilder()
            .setMethod("GET")
            .setUrlPath("/")
            .putHeader("Accept", Values.newBuilder().addValue("").build())
            .build();

    assertThat(Validator.violations(request)).isEmpty();
  }

  @Test
  @Tag("wire-28")
  void whatAnAgentWouldRejectIsFoundBeforeItIsSent() {
    var noCommit = ConfigurationResponse.getDefaultInstance();
    var noCadence =
        ConfigurationResponse.newBuilder()
            .setCommitId("c")
            .setConfiguration(
                AgentConfiguration.newBuilder()
                    .setContainerScanning(ContainerScanningCF.getDefaultInstance()))
            .build();
    var noMember = HttpRequest.getDefaultInstance();
    var noAddress = GitalyInfo.getDefaultInstance();

    assertThat(List.of(noCommit, noCadence, noMember, noAddress))
        .allSatisfy(message -> assertThat(Validator.violations(message)).hasSize(1));
    assertThat(Validator.violations(noCadence))
        .extracting(Violation::path)
        .containsExactly("configuration.container_scanning.cadence");
  }

  private static Duration seconds(long seconds) {
    return Duration.newBuilder().setSeconds(seconds).build();
  }

  private static io.mooring.wire.kascfg.RedisServerCF redisServer() {
    return io.mooring.wire.kascfg.RedisServerCF.newBuilder().setAddress("localhost:6379").build();
  }
}
