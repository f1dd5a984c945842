package dev.marrow.cli.drill;

/**
 * One fault, what must come of it, and how it is done.
 *
 * @param id as {@code R-01}
 * @param fault what is broken, while what runs
 * @param pass what must hold
 * @param scenario breaks and measures
 */
public record Drill(
    String id, String title, String fault, String pass, Setup setup, Scenario scenario) {
  /** What is done once the mesh is up. */
  public interface Scenario {
    void run(Stage stage) throws Exception;
  }
}
