package io.mooring.testkit.leaks;

import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.platform.commons.support.AnnotationSupport;

/** Compares the JVM before and after each test; see {@link LeakCheck}. */
public final class LeakCheckExtension implements BeforeEachCallback, AfterEachCallback {
  private static final Namespace STORE = Namespace.create(LeakCheckExtension.class);

  /** Called by JUnit. */
  public LeakCheckExtension() {}

  @Override
  public void beforeEach(ExtensionContext context) {
    context.getStore(STORE).put(Leaks.class, Leaks.watch(allowed(context)));
  }

  @Override
  public void afterEach(ExtensionContext context) {
    Leaks leaks = context.getStore(STORE).get(Leaks.class, Leaks.class);
    if (leaks != null) {
      leaks.assertNone();
    }
  }

  private static List<String> allowed(ExtensionContext context) {
    return AnnotationSupport.findAnnotation(
            context.getRequiredTestClass(), LeakCheck.class, context.getEnclosingTestClasses())
        .map(check -> List.of(check.allowedThreads()))
        .orElse(List.of());
  }
}
