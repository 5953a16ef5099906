package io.mooring.kas.gitlab;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.StatusException;
import io.mooring.kas.rpc.Waits;
import io.mooring.kas.store.ExpiringValues;
import io.mooring.kas.store.Key;
import io.mooring.kas.store.StoreException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers good answers of one endpoint in memory and refusals in the store, where other replicas
 * find them. Callers of one key wait for the same request, which none of them can cancel for the
 * others. What is neither (a failure of GitLab) is not remembered.
 *
 * @param <K> what is asked for
 * @param <V> the answer
 */
public final class LookupCache<K, V> {
  private static final Logger log = LoggerFactory.getLogger(LookupCache.class);

  /** Twice the agents one replica is built for; the least used are dropped first. */
  private static final int MAX_ENTRIES = 20_000;

  /** Longer than one call can take: rate limit, connection, answer. */
  private static final Duration WAIT_LIMIT = Duration.ofMinutes(3);

  private final Cache<K, V> good;
  private final Map<K, CompletableFuture<V>> running = new ConcurrentHashMap<>();
  private final Rules rules;
  private final Function<K, Key> errorKey;
  private final Loader<K, V> loader;
  private final ExpiringValues errors;
  private final Executor executor;

  /** How long answers are believed; nothing is remembered at all when {@code ttl} is zero. */
  public record Rules(Duration ttl, Duration errorTtl) {}

  /** Asks GitLab. */
  @FunctionalInterface
  public interface Loader<K, V> {
    /** The answer, from GitLab. */
    V load(K key) throws GitLabException, StatusException, InterruptedException;
  }

  /**
   * Nothing remembered yet.
   *
   * @param errorKey where a refusal is kept in the store
   * @param executor makes a virtual thread for each request
   */
  public LookupCache(
      Rules rules,
      Function<K, Key> errorKey,
      Loader<K, V> loader,
      ExpiringValues errors,
      Executor executor,
      InstantSource clock) {
    this.rules = rules;
    this.errorKey = errorKey;
    this.loader = loader;
    this.errors = errors;
    this.executor = executor;
    this.good =
        Caffeine.newBuilder()
            .maximumSize(MAX_ENTRIES)
            .expireAfterWrite(rules.ttl())
            .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
            .executor(executor)
            .build();
  }

  /** Without refusals: for an endpoint whose every answer is a value. */
  LookupCache(Rules rules, Loader<K, V> loader, Executor executor, InstantSource clock) {
    this(rules, key -> Key.named(""), loader, new Forgetful(), executor, clock);
  }

  /** Holds nothing. */
  private static final class Forgetful implements ExpiringValues {
    @Override
    public Optional<ByteString> get(Key key) {
      return Optional.empty();
    }

    @Override
    public void set(Key key, ByteString value, Duration ttl) {}
  }

  /** The answer, if it is there already. Never blocks. */
  public Optional<V> known(K key) {
    return Optional.ofNullable(good.getIfPresent(key));
  }

  /**
   * The answer for a key.
   *
   * @throws StatusException when the RPC of this thread ended
   */
  public V get(K key) throws GitLabException, StatusException, InterruptedException {
    V known = good.getIfPresent(key);
    return known == null ? again(key) : known;
  }

  /**
   * The answer that GitLab gives now, whatever is remembered in memory. A refusal is no longer
   * preceded by a good answer from then on.
   *
   * @throws StatusException when the RPC of this thread ended
   */
  public V again(K key) throws GitLabException, StatusException, InterruptedException {
    if (rules.ttl().isZero()) {
      return loader.load(key);
    }
    CompletableFuture<V> mine = new CompletableFuture<>();
    CompletableFuture<V> others = running.putIfAbsent(key, mine);
    if (others == null) {
      executor.execute(() -> load(key, mine));
    }
    CompletableFuture<V> answer = others == null ? mine : others;
    try {
      return Waits.join(answer, WAIT_LIMIT);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof GitLabException failure) {
        throw failure;
      }
      throw new GitLabException("look-up failed: " + cause, e);
    } catch (TimeoutException e) {
      throw new GitLabException("look-up took longer than " + WAIT_LIMIT.toSeconds() + " s", e);
    }
  }

  private void load(K key, CompletableFuture<V> answer) {
    Runnable end =
        () -> answer.completeExceptionally(new IllegalStateException("ended without an answer"));
    try {
      Optional<GitLabException> known = knownError(key);
      if (known.isPresent()) {
        throw known.get();
      }
      V value = ask(key);
      good.put(key, value);
      end = () -> answer.complete(value);
    } catch (GitLabException e) {
      if (e.isRefusal()) {
        good.invalidate(key);
      }
      end = () -> answer.completeExceptionally(e);
    } catch (StatusException | RuntimeException e) {
      end = () -> answer.completeExceptionally(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      end = () -> answer.completeExceptionally(e);
    } finally {
      // Before it ends: who asks after that must not be given this answer again.
      running.remove(key, answer);
      end.run();
    }
  }

  private V ask(K key) throws GitLabException, StatusException, InterruptedException {
    try {
      return loader.load(key);
    } catch (GitLabException e) {
      if (e.isRefusal()) {
        e.answer()
            .ifPresent(answer -> share(key, ByteString.copyFrom(Any.pack(answer).toByteArray())));
      }
      throw e;
    }
  }

  private Optional<GitLabException> knownError(K key) {
    try {
      Optional<ByteString> shared = errors.get(errorKey.apply(key));
      return shared.isPresent()
          ? Optional.of(GitLabException.shared(Any.parseFrom(shared.get())))
          : Optional.empty();
    } catch (StoreException | InvalidProtocolBufferException e) {
      log.atWarn().setCause(e).log("Cannot read a remembered refusal of GitLab");
      return Optional.empty();
    }
  }

  private void share(K key, ByteString error) {
    try {
      errors.set(errorKey.apply(key), error, rules.errorTtl());
    } catch (StoreException e) {
      log.atWarn().setCause(e).log("Cannot remember a refusal of GitLab");
    }
  }
}
