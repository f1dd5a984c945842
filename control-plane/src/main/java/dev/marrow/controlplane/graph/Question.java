package dev.marrow.controlplane.graph;

/**
 * Something that can be worked out from the objects, as a value: two equal questions have one
 * answer. Whatever {@link #answer} uses it must get through {@link Answers}, so that the graph
 * knows what the answer depends on.
 *
 * @param <T> a value with {@code equals}: an equal answer spares those who depend on it
 */
public interface Question<T> {
  T answer(Answers answers);
}
