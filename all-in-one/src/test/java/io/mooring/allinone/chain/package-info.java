/**
 * A client, kas, an agent and a server behind it, without the GitLab application: what happens to
 * the bytes on the way. Main type: {@link io.mooring.allinone.chain.Chain}.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.allinone.chain;
