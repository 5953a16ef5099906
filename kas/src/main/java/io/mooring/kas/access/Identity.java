package io.mooring.kas.access;

import io.mooring.wire.kubernetesapi.rpc.ExtraKeyVal;
import io.mooring.wire.kubernetesapi.rpc.ImpersonationConfig;

/** An identity under construction. */
final class Identity {
  private static final String EXTRA = "agent.gitlab.com/";

  private final ImpersonationConfig.Builder builder = ImpersonationConfig.newBuilder();

  Identity(String username) {
    builder.setUsername(username);
  }

  Identity group(String name) {
    builder.addGroups(name);
    return this;
  }

  Identity extra(String key, String value) {
    builder.addExtra(ExtraKeyVal.newBuilder().setKey(EXTRA + key).addVal(value));
    return this;
  }

  Identity extra(String key, long value) {
    return extra(key, Long.toString(value));
  }

  ImpersonationConfig build() {
    return builder.build();
  }
}
