package io.mooring.gitlab;

import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.http.Json;
import io.mooring.gitlab.identity.CallerFilter;
import io.mooring.gitlab.identity.Callers;
import io.mooring.gitlab.identity.SessionCsrf;
import io.mooring.gitlab.identity.Sessions;
import io.mooring.gitlab.identity.TokenGenerator;
import io.mooring.gitlab.internalapi.JwtFilter;
import io.mooring.gitlab.internalapi.SharedSecrets;
import io.mooring.gitlab.web.ContentPolicy;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.csrf.CsrfFilter;
import org.springframework.security.web.firewall.HttpFirewall;
import org.springframework.security.web.firewall.RequestRejectedHandler;
import org.springframework.security.web.firewall.StrictHttpFirewall;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;

/**
 * Who is let to the controllers, by part of the address: programs of ours with their tokens,
 * callers of the REST API, browsers and git. What a caller may do is decided where it is done.
 */
@Configuration(proxyBeanMethods = false)
@EnableWebSecurity
class SecurityConfiguration {
  @Bean
  @Order(1)
  SecurityFilterChain internalChain(HttpSecurity http, SharedSecrets secrets) {
    return stateless(http)
        .securityMatcher("/api/v4/internal/**")
        .csrf(AbstractHttpConfigurer::disable)
        .addFilterBefore(JwtFilter.ofKas(secrets), AuthorizationFilter.class)
        .addFilterBefore(JwtFilter.ofGitaly(secrets), AuthorizationFilter.class)
        .build();
  }

  /** A job token stands where a personal one would, so this endpoint looks for itself. */
  @Bean
  @Order(2)
  SecurityFilterChain jobChain(HttpSecurity http) {
    return stateless(http)
        .securityMatcher("/api/v4/job/**")
        .csrf(AbstractHttpConfigurer::disable)
        .build();
  }

  @Bean
  @Order(3)
  SecurityFilterChain apiChain(
      HttpSecurity http, Callers callers, Sessions sessions, TokenGenerator generator) {
    protect(http, new SessionCsrf(sessions, generator), HttpStatus.UNAUTHORIZED);
    return stateless(http)
        .securityMatcher("/api/**")
        .addFilterBefore(new CallerFilter(callers::ofApi), CsrfFilter.class)
        .build();
  }

  @Bean
  @Order(4)
  SecurityFilterChain pageChain(
      HttpSecurity http, Callers callers, Sessions sessions, TokenGenerator generator) {
    protect(http, new SessionCsrf(sessions, generator), HttpStatus.UNPROCESSABLE_CONTENT);
    return stateless(http)
        .addFilterBefore(new CallerFilter(callers::ofSession), CsrfFilter.class)
        .build();
  }

  /**
   * Full paths of projects and files stand in one segment of an address, with their slashes
   * encoded.
   */
  @Bean
  HttpFirewall firewall() {
    var firewall = new StrictHttpFirewall();
    firewall.setAllowUrlEncodedSlash(true);
    firewall.setAllowUrlEncodedPeriod(true);
    firewall.setAllowUrlEncodedPercent(true);
    firewall.setAllowUrlEncodedDoubleSlash(true);
    firewall.setAllowedHttpMethods(
        Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"));
    return firewall;
  }

  @Bean
  RequestRejectedHandler rejected() {
    return (request, response, e) ->
        Json.answer(response, ApiException.message(HttpStatus.BAD_REQUEST, "400 Bad request"));
  }

  private static HttpSecurity stateless(HttpSecurity http) {
    return http.sessionManagement(
            sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .requestCache(AbstractHttpConfigurer::disable)
        .logout(AbstractHttpConfigurer::disable)
        .anonymous(AbstractHttpConfigurer::disable)
        .headers(headers ->
            headers
                .contentSecurityPolicy(policy -> policy.policyDirectives(ContentPolicy.OWN_ORIGIN))
                .referrerPolicy(
                    referrer -> referrer.policy(ReferrerPolicy.STRICT_ORIGIN_WHEN_CROSS_ORIGIN)));
  }

  private static void protect(HttpSecurity http, SessionCsrf csrf, HttpStatus refusal) {
    http.csrf(protection ->
            protection
                .csrfTokenRepository(csrf)
                .csrfTokenRequestHandler(csrf)
                .requireCsrfProtectionMatcher(csrf))
        .exceptionHandling(handling ->
            handling.accessDeniedHandler((request, response, e) -> refuse(response, refusal)));
  }

  private static void refuse(HttpServletResponse response, HttpStatus status) throws IOException {
    if (status == HttpStatus.UNAUTHORIZED) {
      Json.answer(response, ApiException.unauthorized());
    } else {
      response.sendError(status.value(), "The change you requested was rejected.");
    }
  }
}
