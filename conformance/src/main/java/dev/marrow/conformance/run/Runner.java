package dev.marrow.conformance.run;

import dev.marrow.conformance.Case;
import dev.marrow.conformance.Profile;
import dev.marrow.conformance.Result;
import dev.marrow.conformance.Tier;
import dev.marrow.conformance.Verdict;
import dev.marrow.conformance.backend.Backend;
import dev.marrow.conformance.mint.Mint;
import dev.marrow.conformance.wire.Transcript;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Runs cases one after the other, in the order of the catalogue. A case that throws is an error of
 * the run, not a failure.
 */
public final class Runner {
  private static final int FEW = 3;
  private static final int CONTROLS = 2;

  private final Target target;
  private final Credentials credentials;
  private final Backend backend;
  private final boolean floods;
  private final long seed;

  public Runner(
      Target target, Credentials credentials, Backend backend, boolean floods, long seed) {
    this.target = target;
    this.credentials = credentials;
    this.backend = backend;
    this.floods = floods;
    this.seed = seed;
  }

  /** Runs all of {@code cases}; {@code progress} hears of each as it ends. */
  public List<Result> run(List<Case> cases, Consumer<Result> progress) {
    List<Result> results = new ArrayList<>();
    Optional<String> hanging = cases.size() > FEW ? hanging() : Optional.empty();
    for (Case each : cases) {
      Result result =
          hanging.isPresent() && !results.isEmpty() && missing(each).isEmpty()
              ? unjudged(each, hanging.get())
              : runOne(each);
      results.add(result);
      progress.accept(result);
    }
    return results;
  }

  // A target that answers nobody would cost the patience of every case.
  private Optional<String> hanging() {
    boolean served = target.profile() == Profile.TLS || credentials.reach(Tier.SVID);
    if (!served) {
      return Optional.empty();
    }
    String how = "";
    for (int i = 0; i < CONTROLS; i++) {
      try (Bench bench = new Bench(target, credentials, backend, new SplittableRandom(seed))) {
        Attempt control = bench.attempt(bench.offer());
        if (control.echoed() || control.took().compareTo(target.patience()) < 0) {
          return Optional.empty();
        }
        how = control.how();
      }
    }
    return Optional.of(how);
  }

  private static Result unjudged(Case each, String how) {
    return new Result(
        each.info(),
        new Verdict.Error("not run: the target answers no good client in time: " + how),
        Duration.ZERO,
        new Transcript());
  }

  private Result runOne(Case each) {
    String missing = missing(each);
    if (!missing.isEmpty()) {
      return new Result(each.info(), new Verdict.Skip(missing), Duration.ZERO, new Transcript());
    }
    long start = System.nanoTime();
    // One generator per case: leaving out a case changes no other.
    SplittableRandom random =
        new SplittableRandom(seed ^ each.id().hashCode() * 0x9E3779B97F4A7C15L);
    try (Bench bench = new Bench(target, credentials, backend, random)) {
      Verdict verdict = withinTime(each, bench);
      return new Result(
          each.info(), verdict, Duration.ofNanos(System.nanoTime() - start), bench.transcript());
    }
  }

  // Closing the bench closes its sockets, which ends whatever the case still waits for.
  private static Verdict withinTime(Case each, Bench bench) {
    Duration cap = each.info().terms().limit();
    FutureTask<Verdict> task = new FutureTask<>(() -> check(each, bench));
    Thread.ofPlatform().daemon().name(each.id()).start(task);
    try {
      return task.get(cap.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      bench.close();
      return new Verdict.Fail(
          "no end after %d s: the target answers too slowly or not at all"
              .formatted(cap.toSeconds()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Verdict.Error("interrupted");
    } catch (ExecutionException e) {
      return new Verdict.Error("the kit itself failed: " + e.getCause());
    }
  }

  private static Verdict check(Case each, Bench bench) {
    try {
      return each.body().check(bench);
    } catch (IOException e) {
      return new Verdict.Error("could not be judged: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Verdict.Error("interrupted");
    } catch (RuntimeException e) {
      return new Verdict.Error("the kit itself failed: " + e);
    }
  }

  private String missing(Case each) {
    Profile profile = target.profile();
    if (!each.info().profiles().contains(profile)) {
      return "not part of profile " + profile.name().toLowerCase(java.util.Locale.ROOT);
    }
    if (each.info().flood() && !floods) {
      return "floods the target: needs --allow-dos";
    }
    Tier tier = each.info().tier();
    boolean anonymous = profile == Profile.TLS && tier == Tier.SVID;
    if (!anonymous && !credentials.reach(tier)) {
      return "needs " + (tier == Tier.CONTROL ? Tier.AUTHORITY : tier).need();
    }
    if (each.info().terms().deep()
        && !credentials.mint().map(Mint::maySignAuthorities).orElse(true)) {
      return "needs --ca-key of an authority that may sign others (this one has pathlen:0)";
    }
    return each.info().terms().hooks().stream()
        .filter(hook -> !target.hooks().has(hook))
        .sorted()
        .findFirst()
        .map("needs the hook '%s' in the target file (--target)"::formatted)
        .orElse("");
  }
}
