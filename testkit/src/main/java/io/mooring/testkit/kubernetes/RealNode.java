package io.mooring.testkit.kubernetes;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The tests want pods that run: the shared cluster has a real node, and parameters of type {@link
 * LocalNode} are given, beside those of {@link RealKubernetes}. Where the machine allows no node
 * the tests are skipped, with the reason.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(NodeExtension.class)
@ExtendWith(KubernetesExtension.class)
public @interface RealNode {}
