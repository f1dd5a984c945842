package dev.marrow.conformance.wire;

import java.io.IOException;
import java.util.Optional;

/** The target ended the connection; the alert says how, if there was one. */
public final class LinkClosed extends IOException {
  private static final long serialVersionUID = 1L;
  private final transient Optional<Alert> alert;

  LinkClosed(String how, Optional<Alert> alert) {
    super(how);
    this.alert = alert;
  }

  public Optional<Alert> alert() {
    return alert == null ? Optional.empty() : alert;
  }
}
