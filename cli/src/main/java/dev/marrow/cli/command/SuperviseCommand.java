package dev.marrow.cli.command;

import dev.marrow.cli.local.Supervisor;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What the guard starts; nothing for users. */
@Command(name = "supervise", hidden = true, description = "Keeps a local mesh running.")
public final class SuperviseCommand implements Callable<Integer> {
  @Option(names = "--train", hidden = true, description = "loads what a start needs, then ends")
  private boolean train;

  @Override
  public Integer call() throws IOException {
    if (train) return Training.run();
    Logging.toStandardOutput();
    Supervisor.run(MeshSettings.current().state());
    return 0;
  }
}
