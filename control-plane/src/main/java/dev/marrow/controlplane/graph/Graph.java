package dev.marrow.controlplane.graph;

import dev.marrow.resources.KubeObject;
import dev.marrow.resources.ObjectKey;
import dev.marrow.resources.ResourceSnapshot;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Questions and their answers as a graph that follows the objects. A changed object makes stale
 * what was worked out from it, transitively; a stale answer is worked out again when it is asked
 * for, and if it comes out equal, those who depend on it stay as they are. The dependencies are
 * recorded while answering, so none can be forgotten. Confined to one thread.
 */
public final class Graph implements Answers {
  private record Named(ObjectKey key) {}

  private record InNamespace(String kind, String namespace) {}

  private record OfKind(String kind) {}

  /** A question that is being answered, and what it has read so far. */
  private record Asking(Cell cell, Set<Cell> reads) {}

  private final Objects objects = new Objects();
  private final Map<Object, Cell> cells = new HashMap<>();
  private final Deque<Asking> asking = new ArrayDeque<>();
  private final Set<Question<?>> failed = new LinkedHashSet<>();
  private final MeshConfig mesh;
  private long revision;
  private ResourceSnapshot snapshot = ResourceSnapshot.empty();

  public Graph(MeshConfig mesh) {
    this.mesh = mesh;
  }

  @Override
  public MeshConfig mesh() {
    return mesh;
  }

  /** Takes over the next state; returns the roots whose answer may have changed. */
  public Set<Question<?>> update(ResourceSnapshot next) {
    return update(next, next.changedSince(snapshot));
  }

  private Set<Question<?>> update(ResourceSnapshot next, Set<ObjectKey> changed) {
    revision++;
    snapshot = next;
    Set<Object> inputs = new LinkedHashSet<>();
    for (ObjectKey key : changed) {
      next.get(key).ifPresentOrElse(objects::put, () -> objects.remove(key));
      inputs.add(new Named(key));
      inputs.add(new InNamespace(key.kind(), key.namespace()));
      inputs.add(new OfKind(key.kind()));
    }
    // A failed answer stays stale, so that nothing reports it: it is tried again each time.
    Set<Question<?>> roots = new LinkedHashSet<>(failed);
    failed.clear();
    for (Object input : inputs) {
      Cell cell = cells.get(input);
      if (cell != null) {
        cell.changedAt = revision;
        cell.value = null;
        spread(cell, roots);
      }
    }
    return roots;
  }

  public ResourceSnapshot snapshot() {
    return snapshot;
  }

  /** How many answers are remembered. */
  public int size() {
    return cells.size();
  }

  private static void spread(Cell changed, Set<Question<?>> roots) {
    Deque<Cell> next = new ArrayDeque<>(changed.dependents);
    while (!next.isEmpty()) {
      Cell cell = next.pop();
      if (cell.stale) {
        continue;
      }
      cell.stale = true;
      if (cell.root && cell.question instanceof Question<?> question) {
        roots.add(question);
      }
      next.addAll(cell.dependents);
    }
  }

  /** Keeps the answer of {@code question} from now on and reports when it may have changed. */
  public void addRoot(Question<?> question) {
    cell(question).root = true;
  }

  public void removeRoot(Question<?> question) {
    Cell cell = cells.get(question);
    failed.remove(question);
    if (cell != null) {
      cell.root = false;
      drop(cell);
    }
  }

  @Override
  @SuppressWarnings("unchecked") // The cell of a Question<T> holds what its answer() returned: a T.
  public <T> T ask(Question<T> question) {
    Cell cell = cell(question);
    try {
      refresh(cell, question);
    } catch (RuntimeException e) {
      if (cell.root) {
        failed.add(question);
      }
      throw e;
    }
    read(cell);
    return (T) value(cell);
  }

  private static Object value(Cell cell) {
    Object value = cell.value;
    if (value == null) {
      throw new IllegalStateException("no answer: " + cell.question);
    }
    return value;
  }

  private void refresh(Cell cell, Question<?> question) {
    if (!cell.stale) {
      return;
    }
    if (cell.answering) {
      throw new IllegalStateException("question depends on itself: " + question);
    }
    if (cell.value == null || readsChanged(cell)) {
      answer(cell, question);
    }
    cell.stale = false;
    cell.checkedAt = revision;
  }

  private boolean readsChanged(Cell cell) {
    for (Cell read : cell.reads) {
      if (read.question instanceof Question<?> question) {
        refresh(read, question);
      }
      if (read.changedAt > cell.checkedAt) {
        return true;
      }
    }
    return false;
  }

  private void answer(Cell cell, Question<?> question) {
    Asking now = new Asking(cell, new LinkedHashSet<>());
    cell.answering = true;
    asking.push(now);
    try {
      Object value = question.answer(this);
      if (!value.equals(cell.value)) {
        cell.value = value;
        cell.changedAt = revision;
      }
    } finally {
      asking.pop();
      cell.answering = false;
      settle(cell, now.reads());
    }
  }

  private void read(Cell cell) {
    Asking reader = asking.peek();
    if (reader != null && reader.reads().add(cell)) {
      cell.dependents.add(reader.cell());
    }
  }

  /** Takes {@code cell} out of the dependents of what it used to read and does no longer. */
  private void settle(Cell cell, Set<Cell> now) {
    List<Cell> before = cell.reads;
    cell.reads = List.copyOf(now);
    for (Cell old : before) {
      if (!now.contains(old)) {
        old.dependents.remove(cell);
        drop(old);
      }
    }
  }

  private void drop(Cell cell) {
    Deque<Cell> next = new ArrayDeque<>(List.of(cell));
    while (!next.isEmpty()) {
      Cell candidate = next.pop();
      if (candidate.unused() && cells.remove(candidate.question, candidate)) {
        for (Cell read : candidate.reads) {
          read.dependents.remove(candidate);
          next.push(read);
        }
      }
    }
  }

  private Cell cell(Object question) {
    return cells.computeIfAbsent(question, Cell::new);
  }

  @Override
  @SuppressWarnings("unchecked") // The value of a Named cell is what objects.get returned.
  public Optional<KubeObject> object(ObjectKey key) {
    return (Optional<KubeObject>) input(new Named(key));
  }

  @Override
  @SuppressWarnings("unchecked") // The value of an InNamespace cell is what objects.in returned.
  public List<KubeObject> objects(String kind, String namespace) {
    return (List<KubeObject>) input(new InNamespace(kind, namespace));
  }

  @Override
  @SuppressWarnings("unchecked") // The value of an OfKind cell is what objects.of returned.
  public List<KubeObject> objects(String kind) {
    return (List<KubeObject>) input(new OfKind(kind));
  }

  private Object input(Object question) {
    Cell cell = cell(question);
    @Nullable Object value = cell.value;
    if (value == null) {
      value =
          switch (question) {
            case Named(ObjectKey key) -> objects.get(key);
            case InNamespace(String kind, String namespace) -> objects.in(kind, namespace);
            case OfKind(String kind) -> objects.of(kind);
            default -> throw new IllegalStateException("not an input: " + question);
          };
      cell.value = value;
      cell.changedAt = Math.max(cell.changedAt, 0);
    }
    read(cell);
    return value;
  }
}
