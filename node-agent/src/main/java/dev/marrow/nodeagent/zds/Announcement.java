package dev.marrow.nodeagent.zds;

/** What became of a pod's announcement. */
public sealed interface Announcement {
  /** The node proxy serves the pod: its listeners accept. */
  record Accepted() implements Announcement {}

  /** The node proxy cannot serve the pod now. It goes on trying; so should we. */
  record Refused(String reason) implements Announcement {}

  /** There is nobody to announce to. */
  record NoProxy() implements Announcement {}
}
