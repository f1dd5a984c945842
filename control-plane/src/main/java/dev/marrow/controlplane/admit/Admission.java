package dev.marrow.controlplane.admit;

import dev.marrow.resources.KubeObject;
import dev.marrow.resources.ObjectKey;
import dev.marrow.resources.ResourceSnapshot;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands between the source and the graph. An object that cannot be understood does not enter; its
 * last good version stays (a policy with a typing error must not stop protecting), and a note of
 * why enters beside it, from which its status is made. Confined to one thread.
 */
public final class Admission {
  private static final Logger log = LoggerFactory.getLogger(Admission.class);

  private ResourceSnapshot seen = ResourceSnapshot.empty();
  private ResourceSnapshot admitted = ResourceSnapshot.empty();

  /** What may enter of {@code next}. */
  public ResourceSnapshot admit(ResourceSnapshot next) {
    List<KubeObject> put = new ArrayList<>();
    List<ObjectKey> removed = new ArrayList<>();
    for (ObjectKey key : next.changedSince(seen)) {
      ObjectKey note = Rejection.keyOf(key);
      next.get(key)
          .ifPresentOrElse(
              object -> judge(object, put, removed),
              () -> {
                removed.add(key);
                if (admitted.get(note).isPresent()) {
                  removed.add(note);
                }
              });
    }
    seen = next;
    admitted = admitted.with(put, removed, next.problems());
    return admitted;
  }

  /** Whether {@code object} is as its kind has to be. */
  public static boolean understands(KubeObject object) {
    return Readers.check(object).isEmpty();
  }

  private void judge(KubeObject object, List<KubeObject> put, List<ObjectKey> removed) {
    List<String> errors = Readers.check(object);
    if (errors.isEmpty()) {
      put.add(object);
      if (admitted.get(Rejection.keyOf(object.key())).isPresent()) {
        removed.add(Rejection.keyOf(object.key()));
      }
    } else {
      log.warn("{} not accepted: {}", object, String.join("; ", errors));
      put.add(Rejection.note(object, errors));
    }
  }
}
