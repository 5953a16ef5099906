package io.mooring.testkit.kubernetes;

import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives the shared cluster a node, or skips the tests; see {@link RealNode}. */
public final class NodeExtension
    implements ExecutionCondition, BeforeAllCallback, ParameterResolver {
  /** Called by JUnit. */
  public NodeExtension() {}

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    var obstacle = LocalNode.obstacle();
    if (obstacle.isEmpty()) {
      return ConditionEvaluationResult.enabled("the machine allows a real node");
    }
    if (context.getTestMethod().isEmpty()) {
      // Surefire counts skipped tests, but does not print why.
      System.err.printf("testkit: %s skipped: %s%n", context.getDisplayName(), obstacle.get());
    }
    return ConditionEvaluationResult.disabled(obstacle.get());
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    SharedCluster.node();
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == LocalNode.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return SharedCluster.node();
  }
}
