package io.mooring.testkit.kubernetes;

import java.nio.file.Path;
import java.util.List;

/**
 * Someone the API server knows by a bearer token.
 *
 * @param name as RBAC sees it
 * @param groups as RBAC sees them
 * @param token secret of this one run
 * @param kubeconfig a file that makes kubectl act as this user
 */
public record ApiUser(String name, List<String> groups, String token, Path kubeconfig) {
  /** Copies the groups. */
  public ApiUser {
    groups = List.copyOf(groups);
  }

  @Override
  public String toString() {
    return "ApiUser[name=" + name + ", groups=" + groups + ", token=***]";
  }
}
