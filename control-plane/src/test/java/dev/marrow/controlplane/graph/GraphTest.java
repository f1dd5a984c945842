package dev.marrow.controlplane.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.marrow.resources.ObjectKey;
import dev.marrow.resources.ResourceSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GraphTest {
  private static final List<String> answered = new ArrayList<>();
  private final Graph graph = new Graph(MeshConfig.standard());

  private record Size(String name) implements Question<Integer> {
    @Override
    public Integer answer(Answers answers) {
      answered.add("size " + name);
      int size =
          answers.object("ConfigMap", "a", name).map(o -> o.spec().path("size").asInt(0)).orElse(0);
      if (size < 0) {
        throw new IllegalArgumentException("negative");
      }
      return size;
    }
  }

  private record Even(String name) implements Question<Boolean> {
    @Override
    public Boolean answer(Answers answers) {
      answered.add("even " + name);
      return answers.ask(new Size(name)) % 2 == 0;
    }
  }

  private record EvenOnes() implements Question<Long> {
    @Override
    public Long answer(Answers answers) {
      answered.add("all");
      return answers.objects("ConfigMap", "a").stream()
          .filter(o -> answers.ask(new Even(o.name())))
          .count();
    }
  }

  private record Loop() implements Question<Integer> {
    @Override
    public Integer answer(Answers answers) {
      return answers.ask(new Loop());
    }
  }

  @BeforeEach
  void clear() {
    answered.clear();
  }

  private Set<Question<?>> put(String name, int size) {
    ResourceSnapshot one =
        ResourceSnapshot.parse(
            "test",
            "{apiVersion: v1, kind: ConfigMap, metadata: {name: %s, namespace: a}, spec: {size: %d}}"
                .formatted(name, size));
    return graph.update(graph.snapshot().with(one.all("ConfigMap"), List.of(), List.of()));
  }

  @Test
  void anAnswerIsWorkedOutOnce() {
    put("x", 2);
    graph.addRoot(new Even("x"));

    assertThat(graph.ask(new Even("x"))).isTrue();
    assertThat(graph.ask(new Even("x"))).isTrue();

    assertThat(answered).containsExactly("even x", "size x");
  }

  @Test
  void onlyWhatDependsOnAChangeIsStale() {
    put("x", 2);
    put("y", 2);
    graph.addRoot(new Even("x"));
    graph.addRoot(new Even("y"));
    graph.ask(new Even("x"));
    graph.ask(new Even("y"));

    assertThat(put("x", 3)).containsExactly(new Even("x"));
    answered.clear();
    graph.ask(new Even("y"));
    assertThat(answered).isEmpty();
  }

  @Test
  void anEqualAnswerSparesThoseAboveIt() {
    put("x", 2);
    graph.addRoot(new Even("x"));
    graph.ask(new Even("x"));
    answered.clear();

    put("x", 2);
    graph.ask(new Even("x"));

    assertThat(answered).as("the object changed, its size did not").containsExactly("size x");
  }

  @Test
  void membersOfANamespaceAreFollowed() {
    put("x", 2);
    graph.addRoot(new EvenOnes());
    assertThat(graph.ask(new EvenOnes())).isEqualTo(1);

    put("y", 4);
    assertThat(graph.ask(new EvenOnes())).isEqualTo(2);

    graph.update(
        graph.snapshot().with(List.of(), List.of(new ObjectKey("ConfigMap", "a", "x")), List.of()));
    assertThat(graph.ask(new EvenOnes())).isEqualTo(1);
  }

  @Test
  void aQuestionThatFailsIsTriedAgain() {
    put("x", 2);
    graph.addRoot(new Even("x"));
    graph.ask(new Even("x"));

    put("x", -1);
    assertThatThrownBy(() -> graph.ask(new Even("x"))).hasMessage("negative");
    assertThat(put("other", 1)).containsExactly(new Even("x"));
    assertThatThrownBy(() -> graph.ask(new Even("x"))).hasMessage("negative");

    assertThat(put("x", 4)).containsExactly(new Even("x"));
    assertThat(graph.ask(new Even("x"))).isTrue();
  }

  @Test
  void whatNobodyNeedsIsForgotten() {
    put("x", 2);
    graph.addRoot(new EvenOnes());
    graph.ask(new EvenOnes());
    int before = graph.size();
    put("y", 2);
    graph.ask(new EvenOnes());

    graph.update(
        graph.snapshot().with(List.of(), List.of(new ObjectKey("ConfigMap", "a", "y")), List.of()));
    graph.ask(new EvenOnes());

    assertThat(graph.size()).isEqualTo(before);
    graph.removeRoot(new EvenOnes());
    assertThat(graph.size()).isZero();
  }

  @Test
  void aQuestionThatNeedsItselfIsABug() {
    assertThatThrownBy(() -> graph.ask(new Loop())).hasMessageContaining("depends on itself");
  }
}
