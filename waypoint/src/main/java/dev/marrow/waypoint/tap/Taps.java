package dev.marrow.waypoint.tap;

import dev.marrow.http.Headers;
import dev.marrow.waypoint.report.Onlookers;
import dev.marrow.waypoint.report.RequestReport;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Who is looking. While nobody is, a request pays for one read of a field. Thread-safe. */
public final class Taps implements Onlookers {
  /** Looking costs; a handful of lookers is plenty. */
  private static final int MOST = 8;

  private final List<Tap> open = new CopyOnWriteArrayList<>();
  private volatile boolean active;

  @Override
  public boolean active() {
    return active;
  }

  /** Begins to look; nothing if too many do already. */
  public synchronized Optional<Tap> open(TapFilter filter) {
    if (open.size() >= MOST) {
      return Optional.empty();
    }
    Tap tap = new Tap(filter, System::nanoTime, this::closed);
    open.add(tap);
    active = true;
    return Optional.of(tap);
  }

  private synchronized void closed(Tap tap) {
    open.remove(tap);
    active = !open.isEmpty();
  }

  @Override
  public void show(RequestReport report, Headers request, @Nullable Headers response) {
    for (Tap tap : open) {
      tap.show(report, request, response);
    }
  }
}
