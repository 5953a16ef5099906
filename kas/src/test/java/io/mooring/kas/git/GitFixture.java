package io.mooring.kas.git;

import io.mooring.kas.config.GitalySettings;
import io.mooring.kas.config.TokenBucket;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;

/** The client side of Gitaly for tests of features: no rate limit, small caches. */
public final class GitFixture implements AutoCloseable {
  private static final TokenBucket PLENTY = new TokenBucket(1e6, 1_000_000);

  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final GitalyServers servers =
      new GitalyServers(
          new GitalySettings(PLENTY, PLENTY),
          loops,
          "gitlab-kas/test/test",
          InstantSource.system());
  private final Repositories repositories =
      new Repositories(servers, new CacheSizes(16 << 20, 64 << 20));

  /** Reads whatever Gitaly server is named. */
  public Repositories repositories() {
    return repositories;
  }

  @Override
  public void close() {
    servers.close();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
