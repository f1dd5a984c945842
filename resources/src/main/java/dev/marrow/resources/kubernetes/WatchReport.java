package dev.marrow.resources.kubernetes;

/** Hears how the following goes. Thread-safe; called on the threads that follow. */
public interface WatchReport {
  /** A complete list of {@code kind} arrived. */
  void listed(String kind, int objects);

  /** {@code events} of {@code kind} arrived. */
  void heard(String kind, int events);

  /**
   * Following {@code kind} failed; it goes on after a pause.
   *
   * @param reason a word for metrics: {@code http_429}, {@code gone}, {@code unreachable}, {@code
   *     silent}, {@code malformed}
   */
  void failed(String kind, String reason);

  /** Hears nothing. */
  static WatchReport none() {
    return new WatchReport() {
      @Override
      public void listed(String kind, int objects) {}

      @Override
      public void heard(String kind, int events) {}

      @Override
      public void failed(String kind, String reason) {}
    };
  }
}
