/** Proxies between an agent and kas, with the faults that such have. They speak HTTP/1.1 only. */
@org.jspecify.annotations.NullMarked
package io.mooring.agentk.proxy;
