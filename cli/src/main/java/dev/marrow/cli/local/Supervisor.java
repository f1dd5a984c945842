package dev.marrow.cli.local;

import dev.marrow.cli.local.dns.DnsServer;
import dev.marrow.cli.local.plan.Addresses;
import dev.marrow.cli.local.plan.MeshPlan;
import dev.marrow.cli.local.plan.MeshPlanner;
import dev.marrow.cli.local.plan.PlannedPod;
import dev.marrow.cli.local.state.Seats;
import dev.marrow.cli.local.state.StateDirectory;
import dev.marrow.cli.local.state.Tokens;
import dev.marrow.resources.DirectorySource;
import dev.marrow.resources.ResourceSnapshot;
import dev.marrow.resources.ResourceSource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a local mesh running: one thread that, several times a second, compares what should be with
 * what is. It holds no state that is not also in the state folder or in the processes themselves,
 * so it may be killed at any moment; its successor goes on with the same processes. It lives in the
 * network namespace of the bridge.
 */
public final class Supervisor {
  private static final Logger log = LoggerFactory.getLogger(Supervisor.class);
  private static final Duration TURN = Duration.ofMillis(100);

  private final MeshContext mesh;
  private final ResourceSource user;
  private final ResourceSource marks;
  private final Seats seats;
  private final Programs programs;
  private final Pods pods;
  private final Outputs outputs;
  private ResourceSnapshot planned = ResourceSnapshot.empty();
  private MeshPlan plan;
  private String failure = "";

  private Supervisor(MeshContext mesh, Seats seats, Programs programs, Pods pods, Outputs outputs)
      throws IOException {
    StateDirectory state = mesh.state();
    this.mesh = mesh;
    this.seats = seats;
    this.programs = programs;
    this.pods = pods;
    this.outputs = outputs;
    this.user = DirectorySource.watch(List.of(mesh.request().config(), state.generated()));
    this.marks = DirectorySource.watch(List.of(state.objects(), state.enrolment()));
    this.plan = MeshPlan.empty(mesh.request().nodes());
  }

  /** Runs until it is killed. */
  public static void run(StateDirectory state) throws IOException {
    MeshContext mesh = MeshContext.open(state);
    try (FileChannel channel =
            FileChannel.open(state.lock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock()) {
      if (lock == null) throw new IOException(state.lock() + ": held by another supervisor");
      StateDirectory.write(state.supervisorPid(), ProcessHandle.current().pid() + "\n");
      Instant now = Instant.now();
      Seats seats = Seats.open(state.root().resolve("seats.json"));
      Tokens tokens = Tokens.open(state.tokens(), Clock.systemUTC());
      Programs programs = Programs.start(mesh, tokens, now);
      DnsServer dns =
          DnsServer.listen(new InetSocketAddress(InetAddress.ofLiteral(Addresses.DNS), 53));
      Pods pods = new Pods(mesh, tokens, seats, programs);
      log.info("supervises {} with {} nodes", mesh.request().config(), mesh.request().nodes());
      new Supervisor(mesh, seats, programs, pods, new Outputs(mesh, dns)).loop();
    }
  }

  private void loop() {
    while (!Files.exists(mesh.state().stopping())) {
      try {
        turn(Instant.now());
        failure = "";
      } catch (IOException | RuntimeException e) {
        // The next turn tries again, ten times a second: the same failure is worth one line.
        if (!failure.equals(e.toString())) log.error("a turn failed, it is tried again", e);
        failure = e.toString();
      }
      LockSupport.parkNanos(TURN.toNanos());
    }
  }

  private void turn(Instant now) throws IOException {
    Guard.keep(mesh, now);
    ResourceSnapshot objects = user.snapshot();
    if (objects != planned) {
      plan =
          MeshPlanner.plan(
              mesh.request().nodes(),
              objects,
              seats.pods(),
              seats.services(),
              () -> UUID.randomUUID().toString());
      planned = objects;
      seats.save();
    }
    programs.tick(now);
    ResourceSnapshot enrolment = marks.snapshot();
    Enrolment members = new Enrolment(objects, enrolment, programs.enrols());
    pods.tick(plan, pod -> holds(members, pod), now);
    outputs.publish(plan, pods, programs, members, problems(objects));
    seats.save();
    LogFiles.trim(mesh.state().logs(), now);
  }

  /** A pod of the mesh starts when its node's proxy can carry its connections. */
  private boolean holds(Enrolment members, PlannedPod pod) {
    return members.active()
        && members.wanted(pod)
        && !(members.done(pod) && programs.proxyReady(pod.seat().nodeName()));
  }

  private List<String> problems(ResourceSnapshot objects) {
    return java.util.stream.Stream.concat(objects.problems().stream(), plan.problems().stream())
        .map(Object::toString)
        .toList();
  }
}
