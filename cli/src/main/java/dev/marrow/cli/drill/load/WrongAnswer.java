package dev.marrow.cli.drill.load;

import java.io.IOException;

/** An answer came, and it is not the right one: worse than none. */
final class WrongAnswer extends IOException {
  private static final long serialVersionUID = 1L;

  WrongAnswer(String message) {
    super(message);
  }
}
