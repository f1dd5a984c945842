package dev.marrow.cli.command;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(name = "certs")
public final class CertsCommand implements Callable<Integer> {
  @Override
  public Integer call() {
    return 1;
  }
}
