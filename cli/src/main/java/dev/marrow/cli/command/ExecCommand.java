package dev.marrow.cli.command;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(name = "exec")
public final class ExecCommand implements Callable<Integer> {
  @Override
  public Integer call() {
    return 1;
  }
}
