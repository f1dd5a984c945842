package dev.marrow.cli.local.plan;

import java.util.List;

/**
 * One process of a pod.
 *
 * @param command command and arguments; there are no images in the local mesh
 * @param directory working directory
 */
public record Container(
    String name,
    List<String> command,
    String directory,
    List<Variable> environment,
    Probe readiness) {
  public Container {
    command = List.copyOf(command);
    environment = List.copyOf(environment);
    if (command.isEmpty()) {
      throw new IllegalArgumentException(
          "command: none (expected: a program; the local mesh runs no images)");
    }
  }
}
