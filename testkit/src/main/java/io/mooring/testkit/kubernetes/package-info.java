/**
 * A real kube-apiserver with etcd and controller-manager on this machine.
 *
 * <p>Main types: {@link io.mooring.testkit.kubernetes.LocalCluster} for programs, {@link
 * io.mooring.testkit.kubernetes.RealKubernetes} for tests. One cluster serves a whole test run;
 * each test has a namespace of its own. All types may be used from any thread. {@code LocalCluster}
 * and what it needs know nothing of JUnit, because quickstart starts the same cluster.
 */
@NullMarked
package io.mooring.testkit.kubernetes;

import org.jspecify.annotations.NullMarked;
