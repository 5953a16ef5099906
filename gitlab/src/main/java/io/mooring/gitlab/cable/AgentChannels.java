package io.mooring.gitlab.cable;

import io.mooring.gitlab.agent.Agent;
import io.mooring.gitlab.agent.AgentAccess;
import io.mooring.gitlab.agent.Agents;
import io.mooring.gitlab.broadcast.Stream;
import io.mooring.gitlab.identity.Caller;
import io.mooring.gitlab.project.Access;
import io.mooring.gitlab.project.Projects;
import java.util.List;
import java.util.Optional;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.JsonNode;

/** The channels of the pages about agents and projects (docs/actioncable.md). */
@Configuration(proxyBeanMethods = false)
class AgentChannels {
  /** {@code {"channel":"AgentsChannel","project_id":N}}: what changes the list of agents. */
  @Bean
  Channel agentsChannel(AgentAccess access, Projects projects) {
    return new NumberedChannel("AgentsChannel", "project_id") {
      @Override
      boolean opens(Caller caller, long id) {
        return projects.find(id).filter(project -> access.reads(caller, project)).isPresent();
      }

      @Override
      Stream stream(long id) {
        return Stream.ofAgents(id);
      }
    };
  }

  /** {@code {"channel":"AgentChannel","agent_id":N}}: everything about one agent. */
  @Bean
  Channel agentChannel(AgentAccess access, Agents agents) {
    return new NumberedChannel("AgentChannel", "agent_id") {
      @Override
      boolean opens(Caller caller, long id) {
        return agents
            .find(id)
            .map(Agent::project)
            .filter(project -> access.reads(caller, project))
            .isPresent();
      }

      @Override
      Stream stream(long id) {
        return Stream.ofAgent(id);
      }
    };
  }

  /** {@code {"channel":"ProjectChannel","project_id":N}}: what happens in the repository. */
  @Bean
  Channel projectChannel(Access access, Projects projects) {
    return new NumberedChannel("ProjectChannel", "project_id") {
      @Override
      boolean opens(Caller caller, long id) {
        return projects
            .find(id)
            .filter(project -> access.downloads(caller.user(), project))
            .isPresent();
      }

      @Override
      Stream stream(long id) {
        return Stream.ofProject(id);
      }
    };
  }

  /** A channel about the one thing of a number. */
  private abstract static class NumberedChannel implements Channel {
    private final String name;
    private final String parameter;

    NumberedChannel(String name, String parameter) {
      this.name = name;
      this.parameter = parameter;
    }

    abstract boolean opens(Caller caller, long id);

    abstract Stream stream(long id);

    @Override
    public String name() {
      return name;
    }

    @Override
    public List<Stream> streams(Caller caller, JsonNode parameters) {
      return number(parameters.path(parameter))
          .filter(id -> opens(caller, id))
          .map(id -> List.of(stream(id)))
          .orElseGet(List::of);
    }

    /** Numbers come from pages as numbers or, out of attributes, as text. */
    private static Optional<Long> number(JsonNode value) {
      return value.isIntegralNumber() && value.canConvertToLong()
          ? Optional.of(value.asLong())
          : Optional.of(value.asString(""))
              .filter(text -> text.matches("[0-9]{1,18}"))
              .map(Long::parseLong);
    }
  }
}
