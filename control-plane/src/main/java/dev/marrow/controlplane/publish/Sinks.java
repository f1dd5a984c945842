package dev.marrow.controlplane.publish;

import dev.marrow.controlplane.deploy.Applier;
import dev.marrow.controlplane.deploy.GeneratedObject;
import dev.marrow.controlplane.status.ObjectStatus;
import dev.marrow.controlplane.status.StatusWriter;
import dev.marrow.resources.ObjectKey;
import dev.marrow.resources.Problem;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * Where answers go.
 *
 * @param resources takes what is put in and what is taken out
 */
public record Sinks(
    BiConsumer<Collection<Published>, Collection<ResourceId>> resources,
    Applier applier,
    StatusWriter statuses) {
  /** What an answer is known by, in its own sink. */
  sealed interface Id {
    record OfResource(ResourceId id) implements Id {}

    record OfObject(ObjectKey key) implements Id {}

    record OfStatus(ObjectKey key) implements Id {}
  }

  static Id idOf(Object element) {
    return switch (element) {
      case Published resource -> new Id.OfResource(resource.id());
      case GeneratedObject object -> new Id.OfObject(object.key());
      case ObjectStatus status -> new Id.OfStatus(status.key());
      default -> throw new IllegalArgumentException("goes nowhere: " + element.getClass());
    };
  }

  void update(Collection<Object> put, Set<Id> removed, boolean first) {
    // Statuses last: who reads "programmed" may rely on it.
    resources.accept(
        only(put, Published.class),
        removed.stream()
            .filter(Id.OfResource.class::isInstance)
            .map(id -> ((Id.OfResource) id).id())
            .toList());
    List<GeneratedObject> objects = only(put, GeneratedObject.class);
    List<ObjectKey> goneObjects =
        removed.stream()
            .filter(Id.OfObject.class::isInstance)
            .map(id -> ((Id.OfObject) id).key())
            .toList();
    if (first || !objects.isEmpty() || !goneObjects.isEmpty()) {
      applier.apply(objects, goneObjects);
    }
    List<ObjectStatus> status = only(put, ObjectStatus.class);
    List<ObjectKey> goneStatus =
        removed.stream()
            .filter(Id.OfStatus.class::isInstance)
            .map(id -> ((Id.OfStatus) id).key())
            .toList();
    if (!status.isEmpty() || !goneStatus.isEmpty()) {
      statuses.write(status, goneStatus);
    }
  }

  void problems(List<Problem> problems) {
    statuses.problems(problems);
  }

  private static <T> List<T> only(Collection<Object> elements, Class<T> type) {
    return elements.stream().filter(type::isInstance).map(type::cast).toList();
  }
}
