package dev.marrow.ztunnel.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.linux.FileIdentity;
import dev.marrow.ztunnel.capture.PodBook.Step;
import java.util.List;
import org.junit.jupiter.api.Test;

class PodBookTest {
  private static final PodUid A = new PodUid("a");
  private static final PodUid B = new PodUid("b");
  private static final PodWorkload WHO = new PodWorkload("shop", "web-1", "web");
  private static final FileIdentity NETNS = new FileIdentity(10, 4);
  private static final FileIdentity OTHER = new FileIdentity(11, 4);

  private final PodBook book = new PodBook();

  @Test
  void aNewPodIsStarted() {
    assertThat(book.add(A, WHO, NETNS)).isEqualTo(new Step.StartPod(A, WHO, false));
  }

  @Test
  void aPodThatRunsInThatNamespaceIsLeftAlone() {
    book.add(A, WHO, NETNS);
    book.started(A);

    assertThat(book.add(A, WHO, NETNS)).isEqualTo(new Step.Nothing());
  }

  @Test
  void aPodInAnotherNamespaceIsStartedAfresh() {
    book.add(A, WHO, NETNS);
    book.started(A);

    assertThat(book.add(A, WHO, OTHER)).isEqualTo(new Step.StartPod(A, WHO, true));
    assertThat(book.pending()).containsOnlyKeys(A);
  }

  @Test
  void aPodThatFailedIsStartedAgainByTheNextAdd() {
    book.add(A, WHO, NETNS);

    assertThat(book.add(A, WHO, NETNS)).isEqualTo(new Step.StartPod(A, WHO, false));
  }

  @Test
  void podsNotInTheSnapshotAreStopped() {
    book.add(A, WHO, NETNS);
    book.started(A);
    book.connected();
    book.add(B, WHO, OTHER);
    book.started(B);

    assertThat(book.snapshotSent()).isEqualTo(new Step.StopPods(List.of(A)));
    assertThat(book.status(true)).isEqualTo(new ZdsStatus(true, true, 1, 0));
  }

  @Test
  void aKeptPodSurvivesTheSnapshot() {
    book.add(A, WHO, NETNS);
    book.started(A);
    book.connected();
    book.keep(A);

    assertThat(book.snapshotSent()).isEqualTo(new Step.Nothing());
  }

  @Test
  void aPodDeletedWithinTheSnapshotIsStoppedOnce() {
    book.add(A, WHO, NETNS);
    book.started(A);
    book.connected();
    book.add(A, WHO, NETNS);

    assertThat(book.del(A)).isEqualTo(new Step.StopPods(List.of(A)));
    assertThat(book.snapshotSent()).isEqualTo(new Step.Nothing());
  }

  @Test
  void deletingAnUnknownPodIsNothing() {
    assertThat(book.del(A)).isEqualTo(new Step.Nothing());
  }

  @Test
  void keepAndSnapshotSentAreViolationsAfterTheSnapshot() {
    book.snapshotSent();

    assertThat(book.keep(A)).isInstanceOf(Step.Violation.class);
    assertThat(book.snapshotSent()).isInstanceOf(Step.Violation.class);
  }

  @Test
  void itIsReadyWhenAllPodsOfACompleteSnapshotRun() {
    book.connected();
    book.add(A, WHO, NETNS);
    assertThat(book.status(true).ready()).isFalse();

    book.snapshotSent();
    assertThat(book.status(true)).hasToString("0 pods served, 1 could not be started");

    book.started(A);
    assertThat(book.status(true).ready()).isTrue();
  }

  @Test
  void afterADisconnectItIsNotReadyUntilTheNextSnapshot() {
    book.snapshotSent();
    book.disconnected();
    assertThat(book.status(false).ready()).isFalse();

    book.connected();
    assertThat(book.status(true).ready()).isFalse();

    book.snapshotSent();
    assertThat(book.status(true).ready()).isTrue();
  }
}
