package io.mooring.gitlab.cable;

import io.mooring.gitlab.broadcast.Stream;
import io.mooring.gitlab.identity.Caller;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * What a page subscribes to: streams, for who may have them. Asked again whenever rights may have
 * changed. May block; thread-safe.
 */
interface Channel {
  /** The class that identifiers name. */
  String name();

  /** The streams that the caller may have with these parameters; none rejects the subscription. */
  List<Stream> streams(Caller caller, JsonNode parameters);
}
