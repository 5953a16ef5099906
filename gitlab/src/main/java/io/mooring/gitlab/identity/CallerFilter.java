package io.mooring.gitlab.identity;

import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.http.Json;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Function;
import org.springframework.web.filter.OncePerRequestFilter;

/** Finds the {@link Caller} of a request and leaves it there for whoever answers. */
public final class CallerFilter extends OncePerRequestFilter {
  private static final String ATTRIBUTE = Caller.class.getName();

  private final Function<HttpServletRequest, Caller> finder;

  /** A filter that recognises callers in this way. */
  public CallerFilter(Function<HttpServletRequest, Caller> finder) {
    this.finder = finder;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    Caller caller;
    try {
      caller = finder.apply(request);
    } catch (ApiException e) {
      Json.answer(response, e);
      return;
    }
    request.setAttribute(ATTRIBUTE, caller);
    chain.doFilter(request, response);
  }

  /** The caller of a request that passed this filter. */
  public static Caller of(HttpServletRequest request) {
    return Optional.ofNullable((Caller) request.getAttribute(ATTRIBUTE))
        .orElseGet(Caller.Anonymous::new);
  }
}
