package io.mooring.testkit.leaks;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * After each test, the JVM's threads (virtual ones too), open descriptors and direct memory must
 * become what they were before it, within ten seconds. What is left is named. Put it first of the
 * class's extensions. Programs that start threads once per JVM, such as client libraries, should be
 * used once in {@code BeforeAll}, or their threads be named here.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(LeakCheckExtension.class)
public @interface LeakCheck {
  /** Beginnings of the names of threads that may stay. */
  String[] allowedThreads() default {};
}
