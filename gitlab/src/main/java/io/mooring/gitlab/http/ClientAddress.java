package io.mooring.gitlab.http;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.List;
import org.springframework.security.web.util.matcher.IpAddressMatcher;

/**
 * Where a request comes from, looking through the proxies that the operator trusts and no others.
 * Any thread.
 */
public final class ClientAddress {
  private final List<IpAddressMatcher> trusted;

  /** Believes {@code X-Forwarded-For} of these addresses or CIDR blocks. */
  public ClientAddress(List<String> trustedProxies) {
    this.trusted = trustedProxies.stream().map(IpAddressMatcher::new).toList();
  }

  /** The address of the nearest machine that is not a trusted proxy. */
  public String of(HttpServletRequest request) {
    String address = request.getRemoteAddr();
    List<String> forwarded =
        Collections.list(request.getHeaders("X-Forwarded-For")).stream()
            .flatMap(value -> java.util.Arrays.stream(value.split(",", -1)))
            .map(String::strip)
            .toList();
    for (String previous : forwarded.reversed()) {
      if (!isTrusted(address) || !isAddress(previous)) {
        return address;
      }
      address = previous;
    }
    return address;
  }

  private boolean isTrusted(String address) {
    return trusted.stream().anyMatch(matcher -> matcher.matches(address));
  }

  /** Numeric only: a name would be looked up. */
  private static boolean isAddress(String text) {
    return text.matches("[0-9.]{7,15}|[0-9a-fA-F:.]{2,45}");
  }
}
