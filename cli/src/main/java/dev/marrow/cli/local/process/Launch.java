package dev.marrow.cli.local.process;

import dev.marrow.cli.local.plan.Probe;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * How to start a process in its place.
 *
 * @param netns the network namespace it lives in
 * @param folder holds its {@code hosts}, {@code resolv.conf} and process record
 * @param log its output goes here
 * @param probeAddress where {@code readiness} is asked
 * @param grace how long it may take to end before it is killed
 */
public record Launch(
    String name,
    Path netns,
    String hostname,
    List<String> command,
    String directory,
    Map<String, String> environment,
    Path folder,
    Path log,
    Probe readiness,
    String probeAddress,
    Duration grace) {
  public Launch {
    command = List.copyOf(command);
    environment = Map.copyOf(environment);
  }

  Path record() {
    return folder.resolve(name.replace('/', '.') + ".pid");
  }
}
