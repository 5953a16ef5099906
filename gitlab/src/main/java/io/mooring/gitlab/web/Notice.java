package io.mooring.gitlab.web;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * What a page says about the change that led to it. A redirect names it in its address, so nothing
 * has to be kept for it.
 */
public enum Notice {
  PROJECT_CREATED("The project is there. Push something to it, or register an agent."),
  GROUP_CREATED("The group is there. Make a project in it, or invite people."),
  SAVED("Saved."),
  MEMBER_ADDED("The member was added."),
  MEMBER_REMOVED("The member was removed."),
  AGENT_DELETED("The agent is gone. Whatever it deployed is still in its cluster."),
  PROJECT_DELETED("The project is gone."),
  GROUP_DELETED("The group is gone, with everything in it."),
  TOKEN_REVOKED("The token was revoked. Whoever still uses it is turned away."),
  PASSWORD_CHANGED("The password was changed; every other session was ended."),
  CEILING_SET("The ceiling was set. kas follows within a minute."),
  CEILING_REMOVED("The ceiling was removed. kas follows within a minute."),
  SESSION_ENDED("The session was ended."),
  SESSIONS_ENDED("Every other session was ended."),
  USER_CREATED("The account was made."),
  USER_BLOCKED(
      "The account was blocked: its sessions and tokens are worth nothing until it is unblocked."),
  USER_UNBLOCKED("The account was unblocked."),
  USER_DELETED("The account is gone."),
  WEBHOOK_DELETED("The webhook is gone, with its deliveries."),
  WEBHOOK_ANSWERED("The receiver took the test."),
  DELIVERY_REPEATED("It is sent again."),
  SIGNED_OUT("You signed out.");

  private final String text;

  Notice(String text) {
    this.text = text;
  }

  /** What it says. */
  String text() {
    return text;
  }

  /** Its name in an address. */
  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static Optional<Notice> coded(String code) {
    return Arrays.stream(values()).filter(notice -> notice.code().equals(code)).findFirst();
  }
}
