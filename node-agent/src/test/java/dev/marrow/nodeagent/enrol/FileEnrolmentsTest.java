package dev.marrow.nodeagent.enrol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.marrow.nodeagent.Cluster;
import dev.marrow.nodeagent.enrol.Enrolments.Entry;
import dev.marrow.resources.DirectorySource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileEnrolmentsTest {
  private static final Entry WEB = new Entry("shop", "web-1", "uid-web-1");

  @TempDir Path dir;

  @Test
  void anEntryIsAnOverlayThatMarksThePod() throws Exception {
    var cluster = new Cluster(dir.resolve("objects"));
    cluster.pod("n1", "shop", "web-1", Path.of("/run/netns/x"));
    Path enrolments = dir.resolve("enrolment");

    FileEnrolments.in(enrolments, "n1").enter(WEB);

    try (var source = DirectorySource.watch(List.of(cluster.objects(), enrolments))) {
      assertThat(source.snapshot().problems()).isEmpty();
      var pod = source.snapshot().get("Pod", "shop", "web-1").orElseThrow();
      assertThat(pod.annotations())
          .containsEntry("ambient.istio.io/redirection", "enabled")
          .containsEntry("marrow.dev/netns", "/run/netns/x");
      assertThat(pod.uid()).isEqualTo("uid-web-1");
    }
  }

  @Test
  void entriesAreReadBackAndStruckOut() throws Exception {
    var enrolments = FileEnrolments.in(dir, "n1");
    enrolments.enter(WEB);
    enrolments.enter(WEB);
    assertThat(enrolments.entries()).containsExactly(WEB);

    enrolments.strike(WEB);
    enrolments.strike(WEB);

    assertThat(enrolments.entries()).isEmpty();
    assertThat(dir).isEmptyDirectory();
  }

  @Test
  void anotherNodesEntriesAreNeitherSeenNorTouched() throws Exception {
    var mine = FileEnrolments.in(dir, "n1");
    FileEnrolments.in(dir, "n2").enter(WEB);
    Files.writeString(dir.resolve("Pod.shop.other.yaml"), "kind: Pod\n");

    mine.strike(WEB);

    assertThat(mine.entries()).isEmpty();
    assertThat(dir.resolve("Pod.shop.web-1.yaml")).exists();
  }

  @Test
  void namesThatAreNoNamesAreRefused() throws Exception {
    var enrolments = FileEnrolments.in(dir, "n1");

    assertThatThrownBy(() -> enrolments.enter(new Entry("shop", "../../etc/x", "u")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> enrolments.enter(new Entry("shop", "web", "u\"\n")))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
