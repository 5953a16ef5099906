package io.mooring.apply.manifest;

import io.mooring.apply.object.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Replaces objects of List kinds by their items. */
final class ListFlattener {
  /** Lists in Lists in Lists: nobody writes more, and each level may multiply. */
  private static final int MAX_DEPTH = 8;

  private static final String SUFFIX = "List";

  private ListFlattener() {}

  static List<Document> flatten(Document document) {
    List<Document> objects = new ArrayList<>();
    flatten(document, 0, objects);
    return objects;
  }

  private static void flatten(Document document, int depth, List<Document> into) {
    JsonObject content = document.content();
    if (depth == MAX_DEPTH || !isList(content)) {
      into.add(document);
      return;
    }
    List<?> items = (List<?>) content.value("items").orElseThrow();
    for (int i = 0; i < items.size(); i++) {
      flatten(
          new Document(item(content, items.get(i)), document.locator().below("items", i)),
          depth + 1,
          into);
    }
  }

  private static boolean isList(JsonObject content) {
    return content.text("kind").endsWith(SUFFIX)
        && content.value("items").orElse("") instanceof List;
  }

  /** Items of a typed list, such as a ConfigMapList, may leave out what the list's kind says. */
  // Trees have string keys only.
  @SuppressWarnings("unchecked")
  private static JsonObject item(JsonObject list, @Nullable Object item) {
    if (!(item instanceof Map<?, ?> map)) {
      return JsonObject.EMPTY;
    }
    JsonObject object = new JsonObject((Map<String, @Nullable Object>) map);
    String listKind = list.text("kind");
    String kind = listKind.substring(0, listKind.length() - SUFFIX.length());
    if (kind.isEmpty() || !object.text("kind").isEmpty()) {
      return object;
    }
    Map<String, @Nullable Object> members = new LinkedHashMap<>(object.members());
    members.put("kind", kind);
    members.put("apiVersion", list.text("apiVersion"));
    return new JsonObject(members);
  }
}
