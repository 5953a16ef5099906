package io.mooring.kas.gitlab;

import com.google.gson.JsonParser;
import io.mooring.wire.gitlab.api.AuthorizeProxyUserResponse;

/**
 * What a person may do with an agent.
 *
 * @param answer as the original gives it
 * @param ceiling the agent's
 */
public record PersonAccess(AuthorizeProxyUserResponse answer, CeilingDocument ceiling) {
  /** Reads what the schema of the original does not have. */
  static PersonAccess of(AuthorizeProxyUserResponse answer, String json) throws GitLabException {
    return new PersonAccess(
        answer, CeilingDocument.of(JsonParser.parseString(json).getAsJsonObject()));
  }
}
