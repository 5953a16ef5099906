package io.mooring.gitlab.http;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.lang.reflect.Proxy;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;

/** A request of which only the addresses are known. */
final class StubRequest extends HttpServletRequestWrapper {
  private final String address;
  private final String forwarded;

  StubRequest(String address, String forwarded) {
    super(
        (HttpServletRequest)
            Proxy.newProxyInstance(
                StubRequest.class.getClassLoader(),
                new Class<?>[] {HttpServletRequest.class},
                (proxy, method, arguments) -> {
                  throw new UnsupportedOperationException(method.getName());
                }));
    this.address = address;
    this.forwarded = forwarded;
  }

  @Override
  public String getRemoteAddr() {
    return address;
  }

  @Override
  public Enumeration<String> getHeaders(String name) {
    return Collections.enumeration(name.equals("X-Forwarded-For") ? List.of(forwarded) : List.of());
  }
}
