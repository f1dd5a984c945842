package dev.marrow.conformance.wire;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What happened on the wire during one case, in order. Thread-safe. Bounded: past {@link
 * #MAX_EVENTS} events only a count is kept, so that a flood cannot fill the report.
 */
public final class Transcript {
  private static final int MAX_EVENTS = 400;
  private static final int MAX_TEXT = 400;

  /** One line. {@code millis} counts from the start of the case. */
  public record Event(double millis, String what) {}

  private final long start = System.nanoTime();
  private final List<Event> events = new ArrayList<>();
  private int dropped;

  /** Adds a line. */
  public synchronized void add(String format, Object... values) {
    if (events.size() >= MAX_EVENTS) {
      dropped++;
      return;
    }
    String text = values.length == 0 ? format : String.format(Locale.ROOT, format, values);
    double millis = (System.nanoTime() - start) / 1e6;
    events.add(
        new Event(millis, text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT) + "…"));
  }

  /** The lines so far; the last one says how many more were not kept. */
  public synchronized List<Event> events() {
    List<Event> all = new ArrayList<>(events);
    if (dropped > 0) {
      all.add(new Event((System.nanoTime() - start) / 1e6, dropped + " more events were not kept"));
    }
    return List.copyOf(all);
  }
}
