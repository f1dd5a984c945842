package dev.marrow.waypoint.route;

import dev.marrow.http.HeaderName;
import dev.marrow.http.Headers;
import java.util.List;

/** Fields to set, to add and to remove, in this order. {@code host} stands for the authority. */
public record HeaderChange(List<Field> set, List<Field> add, List<HeaderName> remove) {
  /** A field with its value. */
  public record Field(HeaderName name, String value) {}

  public HeaderChange {
    set = List.copyOf(set);
    add = List.copyOf(add);
    remove = List.copyOf(remove);
  }

  public void applyTo(Headers headers) {
    for (Field field : set) {
      if (field.name().equals(HeaderName.HOST)) {
        authority(headers, field.value());
      } else {
        headers.set(field.name(), field.value());
      }
    }
    for (Field field : add) {
      headers.add(field.name(), field.value());
    }
    for (HeaderName name : remove) {
      headers.remove(name);
    }
  }

  /** Pseudo-headers come first, so the whole list is written anew. */
  public static void authority(Headers headers, String authority) {
    pseudo(headers, HeaderName.AUTHORITY, authority);
  }

  public static void path(Headers headers, String path) {
    pseudo(headers, HeaderName.PATH, path);
  }

  public static void method(Headers headers, String method) {
    pseudo(headers, HeaderName.METHOD, method);
  }

  private static void pseudo(Headers headers, HeaderName name, String value) {
    Headers before = headers.copy();
    headers.clear();
    for (int i = 0; i < before.size(); i++) {
      if (before.nameIs(i, name)) {
        headers.add(name, value);
      } else {
        headers.add(before, i);
      }
    }
  }
}
