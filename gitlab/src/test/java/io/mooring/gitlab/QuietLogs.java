package io.mooring.gitlab;

import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** Sends what libraries log through the JDK to the file that holds the rest. */
public final class QuietLogs implements LauncherSessionListener {
  @Override
  public void launcherSessionOpened(LauncherSession session) {
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
  }
}
