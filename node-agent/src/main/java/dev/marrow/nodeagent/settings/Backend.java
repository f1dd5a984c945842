package dev.marrow.nodeagent.settings;

/** Which tool makes the redirect rules. */
public enum Backend {
  NFTABLES,
  IPTABLES
}
