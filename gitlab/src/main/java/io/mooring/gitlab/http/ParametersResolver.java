package io.mooring.gitlab.http;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Gives a controller's method the {@link Parameters} of the request; the body wins over the query.
 */
public final class ParametersResolver implements HandlerMethodArgumentResolver {

  @Override
  public boolean supportsParameter(MethodParameter parameter) {
    return parameter.getParameterType() == Parameters.class;
  }

  @Override
  public Parameters resolveArgument(
      MethodParameter parameter,
      @Nullable ModelAndViewContainer container,
      NativeWebRequest web,
      @Nullable WebDataBinderFactory binders)
      throws IOException {
    var request = Optional.ofNullable(web.getNativeRequest(HttpServletRequest.class)).orElseThrow();
    ObjectNode values = JsonNodeFactory.instance.objectNode();
    boolean json = isJson(request);
    request
        .getParameterMap()
        .forEach((name, texts) -> {
          if (name.endsWith("[]") || texts.length > 1) {
            var array = values.putArray(name);
            for (String text : texts) {
              array.add(text);
            }
          } else {
            values.put(name, texts[0]);
          }
        });
    if (json) {
      values.setAll(object(request));
    }
    return new Parameters(values);
  }

  private static boolean isJson(HttpServletRequest request) {
    String type = request.getContentType();
    return type != null
        && MediaType.parseMediaType(type).isCompatibleWith(MediaType.APPLICATION_JSON);
  }

  private static ObjectNode object(HttpServletRequest request) throws IOException {
    byte[] body = request.getInputStream().readAllBytes(); // Bounded by BodyLimitFilter.
    if (body.length == 0) {
      return JsonNodeFactory.instance.objectNode();
    }
    try {
      JsonNode node = Json.MAPPER.readTree(body);
      if (node instanceof ObjectNode object) {
        return object;
      }
    } catch (JacksonException e) {
      // The parser's message quotes the body, which may hold a secret.
      String place =
          Optional.ofNullable(e.getLocation())
              .map(location ->
                  ": line " + location.getLineNr() + ", column " + location.getColumnNr())
              .orElse("");
      throw ApiException.error(
          HttpStatus.BAD_REQUEST, "message body does not match declared format" + place);
    }
    throw ApiException.error(HttpStatus.BAD_REQUEST, "message body is not a JSON object");
  }
}
