package io.mooring.agentk.kubernetesapi;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import io.mooring.agentk.kubernetes.ApiAccess;
import io.mooring.agentk.kubernetes.Impersonation;
import io.mooring.wire.grpctool.HttpRequest;
import io.mooring.wire.kubernetesapi.rpc.ExtraKeyVal;
import io.mooring.wire.kubernetesapi.rpc.HeaderExtra;
import io.mooring.wire.kubernetesapi.rpc.ImpersonationConfig;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Whom a request acts as (kubernetes-api.md 7.1): the agent's own settings, kas, or the caller may
 * name somebody, and at most one of them. Two would be an identity within an identity, which the
 * API server does not know.
 */
final class RequestIdentity {
  private static final String NESTED =
      "nested impersonation is not supported - agent is already configured to impersonate an identity";

  private RequestIdentity() {}

  /**
   * Adds the headers of the identity.
   *
   * @param named the caller's own headers name an identity; they are among the headers already
   */
  static void add(HttpRequest.Header request, boolean named, ApiAccess access, HttpHeaders headers)
      throws RequestRefusedException {
    ImpersonationConfig asked =
        request.hasExtra() ? config(request.getExtra()) : ImpersonationConfig.getDefaultInstance();
    boolean byKas = !asked.equals(ImpersonationConfig.getDefaultInstance());
    boolean own = !access.impersonation().isEmpty();
    if ((own && byKas) || (own && named) || (byKas && named)) {
      throw new RequestRefusedException(NESTED);
    }
    if (own) {
      access
          .impersonation()
          .forEach((name, values) ->
              values.forEach(value -> headers.add(name, HeaderText.toHttp(value))));
    } else if (byKas) {
      add(asked, headers);
    }
  }

  private static void add(ImpersonationConfig asked, HttpHeaders headers)
      throws RequestRefusedException {
    if (asked.getUsername().isEmpty()) {
      // Without a user the API server would take the groups for nothing, and act as the agent.
      throw new RequestRefusedException("an identity without a user name cannot be impersonated");
    }
    headers.add(Impersonation.USER, HeaderText.toHttp(asked.getUsername()));
    if (!asked.getUid().isEmpty()) {
      headers.add(Impersonation.UID, HeaderText.toHttp(asked.getUid()));
    }
    asked
        .getGroupsList()
        .forEach(group -> headers.add(Impersonation.GROUP, HeaderText.toHttp(group)));
    Map<String, ExtraKeyVal> last = new LinkedHashMap<>();
    asked.getExtraList().forEach(extra -> last.put(extra.getKey(), extra));
    last.forEach((key, extra) -> {
      String name = Impersonation.extra(key);
      extra.getValList().forEach(value -> headers.add(name, HeaderText.toHttp(value)));
    });
  }

  private static ImpersonationConfig config(Any extra) throws RequestRefusedException {
    try {
      return extra.unpack(HeaderExtra.class).getImpConfig();
    } catch (InvalidProtocolBufferException e) {
      throw new RequestRefusedException(
          "extra of type "
              + extra.getTypeUrl()
              + " cannot be read (expected: gitlab.agent.kubernetes_api.rpc.HeaderExtra)",
          e);
    }
  }
}
