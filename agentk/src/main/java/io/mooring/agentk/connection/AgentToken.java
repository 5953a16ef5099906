package io.mooring.agentk.connection;

import io.mooring.protocol.secret.Secret;
import java.nio.file.Path;

/** Where the agent's token comes from. */
public sealed interface AgentToken {
  /** Given once, by the environment. */
  record Fixed(Secret secret) implements AgentToken {}

  /**
   * The content of a file without one line break at its end; looked at anew when the file changes.
   */
  record File(Path path) implements AgentToken {}
}
