package dev.marrow.nodeagent.redirect;

import dev.marrow.linux.Command;
import dev.marrow.linux.Netns;
import dev.marrow.nodeagent.plan.Redirection;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Collection;
import java.util.List;

/** Rules by nftables: one table for IPv4 and IPv6, changed in one transaction. */
public final class NftablesRules implements RedirectRules {
  private static final Command LIST =
      Command.of("nft", "list", "chain", "inet", "marrow", "nat_output");

  private final NftablesText text;

  public NftablesRules(ProbeSource probes) {
    this.text = new NftablesText(probes);
  }

  @Override
  public void redirect(Netns pod, Redirection redirection) throws IOException {
    // Routes first: the first spoofed connection already needs them.
    PolicyRoutes.add(pod);
    KernelSettings.make(pod);
    Tool.in(pod, nft(text.redirect(redirection)));
    // The first rules of a node may have brought what is to be set.
    KernelSettings.make(pod);
  }

  @Override
  public void release(Netns pod) throws IOException {
    if (redirecting(pod)) {
      Tool.in(pod, nft(text.release()));
    }
  }

  @Override
  public boolean redirecting(Netns pod) throws IOException {
    Command.Result listed = LIST.runIn(pod);
    return listed.succeeded() && listed.output().contains("redirect to");
  }

  @Override
  public void remove(Netns pod) throws IOException {
    Tool.in(pod, nft(NftablesText.remove(NftablesText.TABLE)));
    PolicyRoutes.remove(pod);
  }

  @Override
  public void markProbes(Collection<InetAddress> pods) throws IOException {
    Tool.here(nft(text.markProbes(pods)));
  }

  @Override
  public void unmarkProbes() throws IOException {
    Tool.here(nft(NftablesText.remove(NftablesText.PROBE_TABLE)));
  }

  private static Command nft(String program) {
    return new Command(List.of("nft", "-f", "-"), program);
  }
}
