package dev.marrow.cli.command;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(name = "label")
public final class LabelCommand implements Callable<Integer> {
  @Override
  public Integer call() {
    return 1;
  }
}
