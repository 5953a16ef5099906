package io.mooring.kas.notifications;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Pushes that a test makes happen. */
public final class TestPushes implements GitPushEvents {
  private final Map<String, List<Runnable>> subscribers = new ConcurrentHashMap<>();

  @Override
  public Subscription subscribe(String projectPath, Runnable onPush) {
    List<Runnable> list =
        subscribers.computeIfAbsent(projectPath, path -> new CopyOnWriteArrayList<>());
    list.add(onPush);
    return () -> list.remove(onPush);
  }

  /** Tells all who wait for this project. */
  public void push(String projectPath) {
    subscribers.getOrDefault(projectPath, List.of()).forEach(Runnable::run);
  }

  /** How many wait for this project. */
  public int subscribers(String projectPath) {
    return subscribers.getOrDefault(projectPath, List.of()).size();
  }
}
