package io.mooring.gitlab.identity;

import io.mooring.protocol.secret.Secret;
import java.util.Optional;

/**
 * One browser.
 *
 * @param digest what the session is stored under
 * @param userId who signed in
 * @param csrfSecret 32 bytes from which the tokens of its forms are made
 */
public record Session(String digest, Optional<Long> userId, Secret csrfSecret) {}
