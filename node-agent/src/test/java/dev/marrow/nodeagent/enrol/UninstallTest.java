package dev.marrow.nodeagent.enrol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.marrow.linux.Netns;
import dev.marrow.nodeagent.Cluster;
import dev.marrow.nodeagent.plan.EnrolmentPlan;
import dev.marrow.nodeagent.plan.Redirection;
import dev.marrow.nodeagent.redirect.RedirectRules;
import dev.marrow.resources.DirectorySource;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Directories stand for network namespaces. */
class UninstallTest {
  private static final String AMBIENT = "istio.io/dataplane-mode: ambient";
  private static final Pace PACE =
      new Pace(Duration.ZERO, Duration.ofMillis(1), Duration.ofMillis(1), Duration.ofMillis(1));

  @TempDir Path dir;
  private final List<String> journal = new ArrayList<>();

  @Test
  void aMarkThatCannotBeTakenAwayKeepsNoRulesOnTheNode() throws Exception {
    var cluster = new Cluster(dir.resolve("objects"));
    cluster.pod("n1", "shop", "a", Files.createDirectory(dir.resolve("a")), AMBIENT, "");
    cluster.pod("n1", "shop", "b", Files.createDirectory(dir.resolve("b")), AMBIENT, "");
    var uninstall = new Uninstall(new Rules(), new Stubborn("a"), PACE, Duration.ZERO);

    int failures;
    try (var source = DirectorySource.watch(List.of(cluster.objects()))) {
      var plan = new EnrolmentPlan("n1", Set.of(), true);
      failures = uninstall.run(source.snapshot(), plan);
    }

    assertThat(journal).containsExactly("struck b", "removed", "removed", "unmarked");
    assertThat(failures).isEqualTo(1);
  }

  /** Two pods are entered; one cannot be struck out. */
  private final class Stubborn implements Enrolments {
    private final String stubborn;

    Stubborn(String stubborn) {
      this.stubborn = stubborn;
    }

    @Override
    public void enter(Entry pod) {}

    @Override
    public void strike(Entry pod) throws IOException {
      if (pod.name().equals(stubborn)) {
        throw new IOException("500");
      }
      journal.add("struck " + pod.name());
    }

    @Override
    public List<Entry> entries() {
      return List.of(new Entry("shop", "a", "uid-a"), new Entry("shop", "b", "uid-b"));
    }
  }

  private final class Rules implements RedirectRules {
    @Override
    public void redirect(Netns pod, Redirection redirection) {}

    @Override
    public void release(Netns pod) {}

    @Override
    public boolean redirecting(Netns pod) {
      return true;
    }

    @Override
    public void remove(Netns pod) {
      journal.add("removed");
    }

    @Override
    public void markProbes(Collection<InetAddress> pods) {}

    @Override
    public void unmarkProbes() {
      journal.add("unmarked");
    }
  }
}
