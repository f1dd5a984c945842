package dev.marrow.controlplane.authority;

/** Finds out whose token it is: by its signature, or by asking. Thread-safe; may block. */
public interface TokenCheck {
  Authentication verify(String token);
}
