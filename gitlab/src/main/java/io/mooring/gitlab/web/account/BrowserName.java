package io.mooring.gitlab.web.account;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Says in a few words what a browser calls itself in many. */
final class BrowserName {
  /** In order: a later one's mark stands in the names of those before it too. */
  private static final Map<String, Pattern> BROWSERS = new LinkedHashMap<>();

  private static final Map<String, Pattern> SYSTEMS = new LinkedHashMap<>();

  static {
    BROWSERS.put("Edge", Pattern.compile("Edg(?:e|A|iOS)?/(\\d+)"));
    BROWSERS.put("Opera", Pattern.compile("OPR/(\\d+)"));
    BROWSERS.put("Firefox", Pattern.compile("(?:Firefox|FxiOS)/(\\d+)"));
    BROWSERS.put("Chrome", Pattern.compile("(?:HeadlessChrome|Chromium|Chrome|CriOS)/(\\d+)"));
    BROWSERS.put("Safari", Pattern.compile("Version/(\\d+)[.\\d]* (?:Mobile/\\w+ )?Safari/"));
    SYSTEMS.put("Android", Pattern.compile("Android"));
    SYSTEMS.put("iPhone", Pattern.compile("iPhone"));
    SYSTEMS.put("iPad", Pattern.compile("iPad"));
    SYSTEMS.put("Windows", Pattern.compile("Windows NT"));
    SYSTEMS.put("macOS", Pattern.compile("Macintosh"));
    SYSTEMS.put("ChromeOS", Pattern.compile("CrOS"));
    SYSTEMS.put("Linux", Pattern.compile("Linux|X11"));
  }

  private BrowserName() {}

  /** Such as {@code Firefox 145 on Linux}. */
  static String of(String userAgent) {
    Optional<String> system =
        SYSTEMS.entrySet().stream()
            .filter(known -> known.getValue().matcher(userAgent).find())
            .map(Map.Entry::getKey)
            .findFirst();
    return browser(userAgent) + system.map(name -> " on " + name).orElse("");
  }

  private static String browser(String userAgent) {
    for (Map.Entry<String, Pattern> known : BROWSERS.entrySet()) {
      Matcher matcher = known.getValue().matcher(userAgent);
      if (matcher.find()) {
        return known.getKey() + " " + matcher.group(1);
      }
    }
    String program = userAgent.replaceFirst("[/ (].*", "");
    return program.isEmpty() || program.equals("Mozilla") ? "A browser" : program;
  }
}
