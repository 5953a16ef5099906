package io.mooring.testkit.kubernetes;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The tests want a real kube-apiserver: parameters of type {@link LocalCluster}, {@link ApiServer},
 * {@link Kubectl} and {@link TestNamespace} are given to tests, to their before and after methods,
 * and to constructors. A namespace asked for by a test or a {@code BeforeEach} method is the test's
 * own; one asked for in {@code BeforeAll} or a constructor serves the class.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(KubernetesExtension.class)
public @interface RealKubernetes {}
