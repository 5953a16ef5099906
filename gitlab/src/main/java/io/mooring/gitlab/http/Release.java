package io.mooring.gitlab.http;

import io.mooring.protocol.build.BuildInfo;

/** Which GitLab this application behaves like. */
public final class Release {
  /** The release whose API this is. */
  public static final String VERSION = "16.5.0";

  /** The commit of our own build. */
  public static final String REVISION = BuildInfo.current().commit();

  private Release() {}
}
