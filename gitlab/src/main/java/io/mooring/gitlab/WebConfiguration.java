package io.mooring.gitlab;

import io.mooring.gitlab.http.BodyLimitFilter;
import io.mooring.gitlab.http.Json;
import io.mooring.gitlab.http.ParametersResolver;
import io.mooring.gitlab.http.RequestIdFilter;
import io.mooring.gitlab.http.RequestMetrics;
import io.mooring.gitlab.identity.CallerResolver;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.List;
import org.apache.coyote.AbstractProtocol;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.util.AlternativeJdkIdGenerator;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import tools.jackson.databind.json.JsonMapper;

/** The web server and what happens to every request before a controller sees it. */
@Configuration(proxyBeanMethods = false)
class WebConfiguration implements WebMvcConfigurer {
  /** A pack that git is still compressing may pause longer than a header may. */
  private static final Duration UPLOAD_PAUSE = Duration.ofMinutes(5);

  @Override
  public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
    resolvers.add(new CallerResolver());
    resolvers.add(new ParametersResolver());
  }

  @Bean
  JsonMapper jsonMapper() {
    return Json.MAPPER;
  }

  @Bean
  FilterRegistrationBean<RequestIdFilter> requestIds(PrometheusRegistry registry) {
    var registration =
        new FilterRegistrationBean<>(
            new RequestIdFilter(new AlternativeJdkIdGenerator(), new RequestMetrics(registry)));
    registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
    return registration;
  }

  @Bean
  FilterRegistrationBean<BodyLimitFilter> bodyLimit() {
    var registration = new FilterRegistrationBean<>(new BodyLimitFilter());
    registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 1);
    return registration;
  }

  @Bean
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> connector() {
    return factory ->
        factory.addConnectorCustomizers(connector -> {
          connector.setEncodedSolidusHandling("passthrough");
          if (connector.getProtocolHandler() instanceof AbstractHttp11Protocol<?> protocol) {
            protocol.setDisableUploadTimeout(false);
            protocol.setConnectionUploadTimeout((int) UPLOAD_PAUSE.toMillis());
          }
          if (connector.getProtocolHandler() instanceof AbstractProtocol<?> protocol) {
            protocol.setTcpNoDelay(true);
          }
        });
  }
}
