package io.mooring.gitlab.agent;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** GitLab's rules for the names of agents: they become labels and object names in clusters. */
final class AgentName {
  private static final Pattern ALLOWED = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?");
  private static final int MAX_LENGTH = 63;

  private AgentName() {}

  /** What is wrong with a name, in GitLab's words; empty when it is sound. */
  static List<String> problems(String name) {
    var problems = new ArrayList<String>();
    if (name.isBlank()) {
      problems.add("Name can't be blank");
    }
    if (name.length() > MAX_LENGTH) {
      problems.add("Name is too long (maximum is 63 characters)");
    }
    if (!ALLOWED.matcher(name).matches()) {
      problems.add(
          "Name can contain only lowercase letters, digits, and '-', but cannot start or end with '-'");
    }
    return problems;
  }
}
