package io.mooring.kas.gitlab;

import com.google.gson.JsonArray;
import com.google.gson.JsonParser;
import io.mooring.wire.gitlab.api.AllowedAgentsForJob;
import java.util.ArrayList;
import java.util.List;

/**
 * The agents a CI job may use.
 *
 * @param answer as the original gives it
 * @param ceilings one for each of its agents, in their order
 */
public record JobAgents(AllowedAgentsForJob answer, List<CeilingDocument> ceilings) {
  /** Reads what the schema of the original does not have. */
  static JobAgents of(AllowedAgentsForJob answer, String json) throws GitLabException {
    List<CeilingDocument> ceilings = new ArrayList<>();
    if (answer.getAllowedAgentsCount() > 0) {
      JsonArray agents =
          JsonParser.parseString(json).getAsJsonObject().getAsJsonArray("allowed_agents");
      for (int i = 0; i < answer.getAllowedAgentsCount(); i++) {
        ceilings.add(CeilingDocument.of(agents.get(i).getAsJsonObject()));
      }
    }
    return new JobAgents(answer, List.copyOf(ceilings));
  }
}
