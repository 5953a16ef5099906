/**
 * Keys and certificates made on the spot with the openssl command, for servers under test.
 *
 * <p>Main type: {@link io.mooring.testkit.certificates.CertificateAuthority}. Knows nothing of who
 * uses them.
 */
@NullMarked
package io.mooring.testkit.certificates;

import org.jspecify.annotations.NullMarked;
