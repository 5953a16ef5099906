package io.mooring.gitlab.cable;

import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.identity.Caller;
import io.mooring.gitlab.identity.Callers;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.Endpoint;
import jakarta.websocket.Extension;
import jakarta.websocket.server.ServerContainer;
import jakarta.websocket.server.ServerEndpointConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Where pages connect (gitlab-side.md 6.1). */
@RestController
class CableController {
  /** In the order in which the server would rather have them. */
  private static final List<String> PROTOCOLS =
      List.of("actioncable-v1-json", "actioncable-unsupported");

  private final Connections connections;
  private final Origins origins;
  private final Callers callers;

  CableController(Connections connections, Origins origins, Callers callers) {
    this.connections = connections;
    this.origins = origins;
    this.callers = callers;
  }

  @GetMapping("/-/cable")
  void connect(Caller session, HttpServletRequest request, HttpServletResponse response)
      throws IOException, DeploymentException {
    if (!isUpgrade(request) || !origins.allows(request)) {
      refuse(response, HttpServletResponse.SC_NOT_FOUND, "Page not found");
      return;
    }
    Optional<Caller> caller = caller(session, request);
    if (caller.isPresent() && !connections.admits(caller.get())) {
      refuse(response, HttpServletResponse.SC_SERVICE_UNAVAILABLE, "Too many connections");
      return;
    }
    var container =
        (ServerContainer) request.getServletContext().getAttribute(ServerContainer.class.getName());
    container.setDefaultMaxTextMessageBufferSize(Socket.BUFFER);
    container.setDefaultMaxBinaryMessageBufferSize(Socket.BUFFER);
    container.upgradeHttpToWebSocket(
        request, response, configuration(new Socket(connections, caller)), Map.of());
  }

  /** A token that is worth nothing is told so; a session that ended is nobody's. */
  private Optional<Caller> caller(Caller session, HttpServletRequest request) {
    boolean token =
        request.getHeader("Private-Token") != null || Callers.bearer(request).isPresent();
    if (!token) {
      return Optional.of(session);
    }
    try {
      return Optional.of(callers.ofApi(request));
    } catch (ApiException e) {
      return Optional.empty();
    }
  }

  private static boolean isUpgrade(HttpServletRequest request) {
    return "websocket".equalsIgnoreCase(request.getHeader(HttpHeaders.UPGRADE))
        && Collections.list(request.getHeaders(HttpHeaders.CONNECTION)).stream()
            .anyMatch(value -> value.toLowerCase(Locale.ROOT).contains("upgrade"));
  }

  private static ServerEndpointConfig configuration(Socket socket) {
    return ServerEndpointConfig.Builder.create(Socket.class, "/-/cable")
        .subprotocols(PROTOCOLS)
        .configurator(new Handshake(socket))
        .build();
  }

  private static void refuse(HttpServletResponse response, int status, String text)
      throws IOException {
    response.setStatus(status);
    response.setContentType(MediaType.TEXT_PLAIN_VALUE);
    response.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** The first sub-protocol that the client would rather have, and no extensions. */
  private static final class Handshake extends ServerEndpointConfig.Configurator {
    private final Endpoint endpoint;

    Handshake(Endpoint endpoint) {
      this.endpoint = endpoint;
    }

    @Override
    public boolean checkOrigin(String origin) {
      // Done before, with more at hand.
      return true;
    }

    @Override
    public String getNegotiatedSubprotocol(List<String> supported, List<String> requested) {
      return requested.stream().filter(supported::contains).findFirst().orElse("");
    }

    /** Compression would hold 300 KiB for each of thousands of idle connections. */
    @Override
    public List<Extension> getNegotiatedExtensions(
        List<Extension> installed, List<Extension> requested) {
      return List.of();
    }

    @Override
    public <T> T getEndpointInstance(Class<T> type) {
      return type.cast(endpoint);
    }
  }
}
