package io.mooring.gitlab.web;

import io.mooring.gitlab.identity.Caller;
import io.mooring.gitlab.identity.CallerFilter;
import io.mooring.gitlab.identity.CsrfTokens;
import io.mooring.gitlab.identity.TokenGenerator;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;

/** Gives a page's method the {@link Visit}. */
record VisitResolver(TokenGenerator generator) implements HandlerMethodArgumentResolver {
  @Override
  public boolean supportsParameter(MethodParameter parameter) {
    return parameter.getParameterType() == Visit.class;
  }

  @Override
  public Visit resolveArgument(
      MethodParameter parameter,
      @Nullable ModelAndViewContainer container,
      NativeWebRequest web,
      @Nullable WebDataBinderFactory binders) {
    return visit(
        Optional.ofNullable(web.getNativeRequest(HttpServletRequest.class)).orElseThrow(),
        Optional.ofNullable(web.getNativeResponse(HttpServletResponse.class)).orElseThrow());
  }

  Visit visit(HttpServletRequest request, HttpServletResponse response) {
    Caller caller = CallerFilter.of(request);
    String token =
        caller instanceof Caller.SignedIn signedIn
            ? CsrfTokens.masked(signedIn.session(), generator)
            : "";
    return new Visit(
        caller,
        request.getRequestURI(),
        Objects.requireNonNullElse(request.getQueryString(), ""),
        token,
        Objects.requireNonNullElse(response.getHeader("X-Request-Id"), ""),
        Theme.of(request),
        Optional.ofNullable(request.getParameter("notice")).flatMap(Notice::coded));
  }
}
