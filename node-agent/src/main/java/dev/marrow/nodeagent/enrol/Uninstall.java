package dev.marrow.nodeagent.enrol;

import dev.marrow.linux.Netns;
import dev.marrow.nodeagent.plan.EnrolmentPlan;
import dev.marrow.nodeagent.redirect.RedirectRules;
import dev.marrow.resources.ResourceSnapshot;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes away everything an agent made on this node. The agent must not run. */
public final class Uninstall {
  private static final Logger LOG = LoggerFactory.getLogger(Uninstall.class);

  private final RedirectRules rules;
  private final Enrolments enrolments;
  private final Pace pace;
  private final Duration drain;

  /**
   * @param drain between letting new connections go free and cutting what is still redirected
   */
  public Uninstall(RedirectRules rules, Enrolments enrolments, Pace pace, Duration drain) {
    this.drain = drain;
    this.rules = rules;
    this.enrolments = enrolments;
    this.pace = pace;
  }

  /** Returns the number of pods that could not be cleaned; their reasons are logged. */
  public int run(ResourceSnapshot snapshot, EnrolmentPlan plan) throws IOException {
    int failures = 0;
    for (Enrolments.Entry entry : enrolments.entries()) {
      failures += strike(entry) ? 0 : 1;
    }
    LockSupport.parkNanos(pace.settle().toNanos());
    List<Path> pods = namespaces(Wishes.of(plan.decide(snapshot), snapshot));
    if (drain.isPositive()) {
      pods.forEach(this::release);
      LockSupport.parkNanos(drain.toNanos());
    }
    for (Path pod : pods) {
      failures += clean(pod) ? 0 : 1;
    }
    rules.unmarkProbes();
    return failures;
  }

  private static List<Path> namespaces(Wishes wishes) {
    return Stream.concat(
            wishes.outside().values().stream(),
            wishes.enrol().values().stream().map(pod -> pod.netns()))
        .filter(path -> !path.toString().isEmpty())
        .distinct()
        .toList();
  }

  /** A mark that stays must not keep the rules: soon there is no proxy for what they redirect. */
  private boolean strike(Enrolments.Entry entry) {
    try {
      enrolments.strike(entry);
      return true;
    } catch (IOException failure) {
      LOG.warn("{}/{} stays marked: {}", entry.namespace(), entry.name(), failure.getMessage());
      return false;
    }
  }

  private void release(Path pod) {
    try (Netns netns = Netns.open(pod)) {
      rules.release(netns);
    } catch (IOException failure) {
      LOG.warn("redirection in {}: {}", pod, failure.getMessage());
    }
  }

  private boolean clean(Path pod) {
    try (Netns netns = Netns.open(pod)) {
      rules.remove(netns);
      return true;
    } catch (IOException failure) {
      LOG.warn("rules in {} stay: {}", pod, failure.getMessage());
      return false;
    }
  }
}
