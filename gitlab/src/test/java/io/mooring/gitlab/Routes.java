package io.mooring.gitlab;

import io.mooring.gitlab.GitLabUnderTest.Running;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * Every route of an application that runs, as Spring dispatches to it: {@code GET /api/v4/user}.
 */
final class Routes {
  private Routes() {}

  static List<String> of(Running gitlab) {
    Set<String> routes = new TreeSet<>();
    for (RequestMappingInfo mapping :
        gitlab.bean(RequestMappingHandlerMapping.class).getHandlerMethods().keySet()) {
      Set<RequestMethod> methods = mapping.getMethodsCondition().getMethods();
      for (String pattern : mapping.getPatternValues()) {
        if (methods.isEmpty()) {
          routes.add("* " + pattern);
        }
        methods.forEach(method -> routes.add(method + " " + pattern));
      }
    }
    return List.copyOf(routes);
  }
}
