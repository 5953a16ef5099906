package io.mooring.testkit.redis;

import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives tests the shared redis-server; see {@link RealRedis}. */
public final class RedisExtension
    implements BeforeAllCallback, BeforeEachCallback, ParameterResolver {
  /** Called by JUnit. */
  public RedisExtension() {}

  @Override
  public void beforeAll(ExtensionContext context) {
    RedisServer.shared();
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    RedisServer.shared();
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == RedisServer.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return RedisServer.current();
  }
}
