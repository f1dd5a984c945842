package dev.marrow.ztunnel.capture;

/** The UID Kubernetes gave a pod; two pods of one name never share it. */
public record PodUid(String value) {
  public PodUid {
    if (value.isEmpty()) {
      throw new IllegalArgumentException("pod uid: '' (expected: not empty)");
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
