package dev.marrow.controlplane.admit;

import dev.marrow.controlplane.compile.security.PeerMode;
import dev.marrow.controlplane.compile.security.PolicyReading;
import dev.marrow.resources.KubeObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/** Who reads which kind strictly. Kinds that nobody reads strictly are always understood. */
final class Readers {
  private static final Map<String, BiConsumer<KubeObject, List<String>>> READERS =
      Map.of(
          "AuthorizationPolicy", PolicyReading::read,
          "PeerAuthentication", PeerMode::read);

  private Readers() {}

  /** What is wrong with {@code object}. */
  static List<String> check(KubeObject object) {
    List<String> errors = new ArrayList<>();
    BiConsumer<KubeObject, List<String>> reader = READERS.get(object.key().kind());
    if (reader != null) {
      reader.accept(object, errors);
    }
    return errors;
  }
}
