package io.mooring.gitlab;

import io.mooring.gitlab.configuration.CertificateFiles;
import io.mooring.gitlab.configuration.GitLabConfiguration;
import io.mooring.gitlab.configuration.GitLabConfiguration.Database;
import io.mooring.gitlab.configuration.GitLabConfiguration.Tls;
import io.mooring.gitlab.http.ExternalUrl;
import io.mooring.protocol.SettingException;
import io.mooring.protocol.secret.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.scheduling.annotation.EnableScheduling;

/**
 * The GitLab application: users, projects, agents, git over HTTP, the REST API and the API that kas
 * calls. Started by {@link #start}; several may run in one process.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@EnableScheduling
@ComponentScan
public class GitLabApplication {
  private static final Logger log = LoggerFactory.getLogger(GitLabApplication.class);

  /** Tomcat's own default: requests beside the WebSockets of pages. */
  private static final int OTHER_CONNECTIONS = 8192;

  GitLabApplication() {}

  /**
   * Starts everything and returns when requests are answered.
   *
   * @throws SettingException when a setting cannot be used
   */
  public static RunningGitLab start(GitLabConfiguration configuration) {
    configuration.http().tls().ifPresent(CertificateFiles::require);
    createDataDirectory(configuration);
    OpenDatabase database = OpenDatabase.own(configuration);
    try {
      ConfigurableApplicationContext context = run(configuration, database.address());
      try {
        var server = (WebServerApplicationContext) context;
        int port = Optional.ofNullable(server.getWebServer()).orElseThrow().getPort();
        context.getBean(ExternalUrl.class).listensOn(configuration.http().address(), port);
        Optional<Secret> password = context.getBean(FirstAdministrator.class).ensure();
        log.atInfo()
            .addKeyValue("net_address", configuration.http().address() + ":" + port)
            .log("GitLab application started");
        return new RunningGitLab(context, database.started(), port, password);
      } catch (RuntimeException e) {
        context.close();
        throw e;
      }
    } catch (RuntimeException e) {
      database.close();
      throw e;
    }
  }

  private static ConfigurableApplicationContext run(
      GitLabConfiguration configuration, Wiring.DatabaseAddress address) {
    var application = new SpringApplication(GitLabApplication.class);
    application.setBannerMode(Banner.Mode.OFF);
    application.setLogStartupInfo(false);
    application.setRegisterShutdownHook(false);
    // Listeners of Spring Boot would take over the process's logging and read files and variables
    // that are not ours.
    application.setListeners(List.of());
    application.setEnvironment(new FixedEnvironment(properties(configuration)));
    application.addInitializers(context -> {
      var beans = (GenericApplicationContext) context;
      beans.registerBean(GitLabConfiguration.class, () -> configuration);
      beans.registerBean(Wiring.DatabaseAddress.class, () -> address);
    });
    try {
      return application.run();
    } catch (RuntimeException e) {
      throw explained(configuration, e);
    }
  }

  /** Spring wraps what went wrong many times over. */
  private static RuntimeException explained(GitLabConfiguration configuration, RuntimeException e) {
    Throwable cause = e;
    while (cause != null) {
      if (cause instanceof SettingException setting) {
        return setting;
      }
      if (cause instanceof PortInUseException) {
        return new SettingException(
            "http.port",
            configuration.http().port() + " is in use (expected: a free port, or 0 for any)",
            e);
      }
      if (cause instanceof SQLException sql
          && configuration.database() instanceof Database.External database) {
        return new SettingException(
            "database.url",
            database.url()
                + " cannot be used: "
                + sql.getMessage()
                + " (expected: a PostgreSQL database that "
                + database.username()
                + " owns)",
            e);
      }
      cause = cause.getCause();
    }
    return e;
  }

  private static Map<String, Object> properties(GitLabConfiguration configuration) {
    Map<String, Object> properties = new HashMap<>();
    properties.put("server.address", configuration.http().address());
    properties.put("server.port", configuration.http().port());
    configuration.http().tls().ifPresent(tls -> encrypt(properties, tls));
    properties.put("server.shutdown", "graceful");
    // Pages keep one open for as long as they are looked at; git and the API come on top.
    properties.put(
        "server.tomcat.max-connections",
        configuration.cable().maxConnections() + OTHER_CONNECTIONS);
    properties.put("server.max-http-request-header-size", "16KB");
    // A login form and JSON are read by us; git's bodies are never taken for forms.
    properties.put("server.tomcat.max-http-form-post-size", "1MB");
    properties.put("spring.lifecycle.timeout-per-shutdown-phase", "10s");
    properties.put("spring.threads.virtual.enabled", "true");
    properties.put("spring.flyway.locations", "classpath:io/mooring/gitlab/database");
    // A database may have met a later migration of another feature first.
    properties.put("spring.flyway.out-of-order", "true");
    properties.put("spring.servlet.multipart.enabled", "false");
    properties.put("spring.web.resources.add-mappings", "false");
    properties.put("spring.jmx.enabled", "false");
    return properties;
  }

  private static void encrypt(Map<String, Object> properties, Tls tls) {
    String bundle = "spring.ssl.bundle.pem.http.";
    properties.put("server.ssl.bundle", "http");
    properties.put(bundle + "keystore.certificate", tls.certificateFile().toUri().toString());
    properties.put(bundle + "keystore.private-key", tls.keyFile().toUri().toString());
    properties.put(bundle + "options.enabled-protocols", "TLSv1.3,TLSv1.2");
    // A renewed certificate must not need a restart.
    properties.put(bundle + "reload-on-update", "true");
    properties.put("spring.ssl.bundle.watch.file.quiet-period", "1s");
  }

  static void createDataDirectory(GitLabConfiguration configuration) {
    try {
      if (!Files.isDirectory(configuration.dataDirectory())) {
        Files.createDirectories(
            configuration.dataDirectory(),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }
    } catch (IOException e) {
      throw new SettingException(
          "data_directory", configuration.dataDirectory() + " cannot be made: " + e, e);
    }
  }

  /**
   * Only our own settings: no environment variable of some other purpose changes the application.
   */
  private static final class FixedEnvironment extends StandardEnvironment {
    FixedEnvironment(Map<String, Object> properties) {
      getPropertySources().addFirst(new MapPropertySource("gitlab", properties));
    }

    @Override
    protected void customizePropertySources(MutablePropertySources sources) {
      // None of the usual ones.
    }
  }
}
