package io.mooring.protocol;

import java.io.Serial;

/**
 * A setting that a person made cannot be used: a file is missing, an address has an unknown scheme,
 * a secret is too short. Thrown while a program starts; its text is safe to show and names the
 * setting.
 */
public final class SettingException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private final String setting;

  /**
   * Names the setting and what is wrong with it.
   *
   * @param setting name of the setting as its owner wrote it, such as {@code --kas-address}
   * @param problem the offending value, what was expected, and the next step
   */
  public SettingException(String setting, String problem) {
    super(setting + ": " + problem);
    this.setting = setting;
  }

  /** The same with the failure that led to it. */
  public SettingException(String setting, String problem, Throwable cause) {
    super(setting + ": " + problem, cause);
    this.setting = setting;
  }

  /** Name of the setting as its owner wrote it. */
  public String setting() {
    return setting;
  }
}
