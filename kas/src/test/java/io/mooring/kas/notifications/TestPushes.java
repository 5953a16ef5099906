package io.mooring.kas.notifications;

import io.mooring.wire.event.Project;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Pushes that a test makes happen. */
public final class TestPushes implements GitPushEvents {
  private static final long PROJECT_ID = 77;

  private final Map<String, List<Consumer<Project>>> subscribers = new ConcurrentHashMap<>();

  @Override
  public Subscription subscribe(String projectPath, Runnable onPush) {
    return subscribe(Set.of(projectPath), project -> onPush.run());
  }

  @Override
  public Subscription subscribe(Set<String> projectPaths, Consumer<Project> onPush) {
    projectPaths.forEach(path ->
        subscribers.computeIfAbsent(path, name -> new CopyOnWriteArrayList<>()).add(onPush));
    return () ->
        projectPaths.forEach(path -> subscribers.getOrDefault(path, List.of()).remove(onPush));
  }

  /** Tells all who wait for this project. */
  public void push(String projectPath) {
    Project project = Project.newBuilder().setId(PROJECT_ID).setFullPath(projectPath).build();
    subscribers.getOrDefault(projectPath, List.of()).forEach(each -> each.accept(project));
  }

  /** How many wait for this project. */
  public int subscribers(String projectPath) {
    return subscribers.getOrDefault(projectPath, List.of()).size();
  }
}
