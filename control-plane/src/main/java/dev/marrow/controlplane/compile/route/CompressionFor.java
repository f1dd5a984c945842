package dev.marrow.controlplane.compile.route;

import dev.marrow.controlplane.compile.Labels;
import dev.marrow.controlplane.graph.Answers;
import dev.marrow.controlplane.graph.Question;
import dev.marrow.proto.waypoint.Compression;
import dev.marrow.resources.KubeObject;
import dev.marrow.resources.ObjectKey;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Whether responses are compressed: the annotation of the service, else of its waypoint's Gateway.
 * What is not a list with {@code gzip} in it is no wish for compression.
 */
record CompressionFor(ObjectKey gateway, ObjectKey object)
    implements Question<Optional<Compression>> {
  @Override
  public Optional<Compression> answer(Answers answers) {
    for (ObjectKey key : List.of(object, gateway)) {
      Map<String, String> annotations =
          answers.object(key).map(KubeObject::annotations).orElse(Map.of());
      String wish = annotations.get(Labels.COMPRESSION);
      if (wish != null) {
        return words(wish).contains("gzip") ? Optional.of(read(annotations)) : Optional.empty();
      }
    }
    return Optional.empty();
  }

  private static Compression read(Map<String, String> annotations) {
    String least = annotations.getOrDefault(Labels.COMPRESSION_MIN_BYTES, "").strip();
    return Compression.newBuilder()
        .setMinBytes(least.matches("[0-9]{1,9}") ? Integer.parseInt(least) : 0)
        .addAllContentTypes(words(annotations.getOrDefault(Labels.COMPRESSION_TYPES, "")))
        .build();
  }

  private static List<String> words(String list) {
    return Arrays.stream(list.split(",", -1))
        .map(String::strip)
        .filter(word -> !word.isEmpty())
        .toList();
  }
}
