package io.mooring.kas.access;

import io.mooring.kas.access.Ceilings.Applicant;
import io.mooring.kas.gitlab.CeilingDocument;
import io.mooring.kas.gitlab.JobAgents;
import io.mooring.wire.agentcfg.CiAccessAsCF;
import io.mooring.wire.agentcfg.CiAccessAsImpersonateCF;
import io.mooring.wire.gitlab.api.AllowedAgent;
import io.mooring.wire.gitlab.api.AllowedAgentsForJob;
import io.mooring.wire.gitlab.api.Group;
import io.mooring.wire.kubernetesapi.rpc.ExtraKeyVal;
import io.mooring.wire.kubernetesapi.rpc.ImpersonationConfig;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What GitLab grants to a CI job: each agent it may use (kubernetes-api.md 5.1, 6.1).
 *
 * @param agents by id
 * @param askedAt when GitLab said so
 */
record JobGrants(Map<Long, Granted> agents, Instant askedAt) {
  private static final Denied NOT_ALLOWED = new Denied(403, "Forbidden: agentId is not allowed");

  static JobGrants of(JobAgents job, Instant askedAt) {
    Map<Long, Granted> agents = new HashMap<>();
    for (int i = 0; i < job.answer().getAllowedAgentsCount(); i++) {
      AllowedAgent agent = job.answer().getAllowedAgents(i);
      // The first one is the most specific.
      agents.putIfAbsent(agent.getId(), granted(job.answer(), agent, job.ceilings().get(i)));
    }
    return new JobGrants(Map.copyOf(agents), askedAt);
  }

  Decision decision(long agentId) {
    Granted granted = agents.get(agentId);
    return granted == null ? NOT_ALLOWED : granted;
  }

  private static Granted granted(
      AllowedAgentsForJob job, AllowedAgent agent, CeilingDocument ceiling) {
    CiAccessAsCF as = agent.getConfiguration().getAccessAs();
    Caller caller =
        new Caller(
            Caller.Kind.CI_JOB,
            job.getUser().getId(),
            job.getUser().getUsername(),
            OptionalLong.of(job.getJob().getId()),
            OptionalLong.of(job.getProject().getId()));
    Applicant applicant =
        new Applicant(
            switch (as.getAsCase()) {
              case IMPERSONATE -> "impersonate";
              case CI_JOB -> "ci_job";
              case AGENT, AS_NOT_SET -> "agent";
            },
            List.of(job.getProject().getId()),
            job.getProject().getGroupsList().stream().map(Group::getId).toList(),
            "the project of the CI job");
    return new Granted(
        agent.getId(),
        agent.getConfigProject().getId(),
        caller,
        switch (as.getAsCase()) {
          case IMPERSONATE -> Optional.of(copied(as.getImpersonate()));
          case CI_JOB -> Optional.of(ofJob(job, agent));
          case AGENT, AS_NOT_SET -> Optional.empty();
        },
        Ceilings.of(ceiling, applicant));
  }

  private static ImpersonationConfig copied(CiAccessAsImpersonateCF configured) {
    ImpersonationConfig.Builder identity =
        ImpersonationConfig.newBuilder()
            .setUsername(configured.getUsername())
            .addAllGroups(configured.getGroupsList())
            .setUid(configured.getUid());
    configured
        .getExtraList()
        .forEach(extra ->
            identity.addExtra(
                ExtraKeyVal.newBuilder().setKey(extra.getKey()).addAllVal(extra.getValList())));
    return identity.build();
  }

  private static ImpersonationConfig ofJob(AllowedAgentsForJob job, AllowedAgent agent) {
    long project = job.getProject().getId();
    boolean deploys = job.hasEnvironment();
    String slug = job.getEnvironment().getSlug();
    String tier = job.getEnvironment().getTier();
    Identity identity =
        new Identity("gitlab:ci_job:" + job.getJob().getId()).group("gitlab:ci_job");
    for (Group group : job.getProject().getGroupsList()) {
      identity.group("gitlab:group:" + group.getId());
      if (deploys) {
        identity.group("gitlab:group_env_tier:" + group.getId() + ":" + tier);
      }
    }
    identity.group("gitlab:project:" + project);
    if (deploys) {
      identity
          .group("gitlab:project_env:" + project + ":" + slug)
          .group("gitlab:project_env_tier:" + project + ":" + tier);
    }
    identity
        .extra("id", agent.getId())
        .extra("config_project_id", agent.getConfigProject().getId())
        .extra("project_id", project)
        .extra("ci_pipeline_id", job.getPipeline().getId())
        .extra("ci_job_id", job.getJob().getId())
        .extra("username", job.getUser().getUsername());
    if (deploys) {
      identity.extra("environment_slug", slug).extra("environment_tier", tier);
    }
    return identity.build();
  }
}
