package dev.marrow.resources;

/**
 * Where an object was read.
 *
 * @param source a file's path, or the address of an API server
 * @param line counted from 1; 0 where there are no lines
 */
public record Origin(String source, int line) {
  @Override
  public String toString() {
    return line == 0 ? source : source + ":" + line;
  }
}
