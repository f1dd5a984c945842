package dev.marrow.nodeagent.redirect;

import dev.marrow.linux.Command;
import dev.marrow.linux.Netns;
import dev.marrow.nodeagent.plan.Redirection;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Rules by iptables and ip6tables, for nodes whose other rules are made with them. */
public final class IptablesRules implements RedirectRules {
  private static final Family V4 = new Family("iptables");
  private static final Family V6 = new Family("ip6tables");

  private final ProbeSource probes;

  public IptablesRules(ProbeSource probes) {
    this.probes = probes;
  }

  private record Family(String tool) {
    Command save() {
      return Command.of(tool + "-save");
    }

    Command restore(String text) {
      return new Command(List.of(tool + "-restore", "--noflush", "-w", "5"), text);
    }
  }

  @Override
  public void redirect(Netns pod, Redirection redirection) throws IOException {
    PolicyRoutes.add(pod);
    KernelSettings.make(pod);
    for (Family family : families(pod)) {
      String saved = Tool.in(pod, family.save());
      Tool.in(pod, family.restore(text(family).redirect(redirection, saved)));
    }
    // The first rules of a node may have brought what is to be set.
    KernelSettings.make(pod);
  }

  @Override
  public void release(Netns pod) throws IOException {
    for (Family family : families(pod)) {
      if (IptablesText.redirecting(Tool.in(pod, family.save()))) {
        Tool.in(pod, family.restore(IptablesText.release()));
      }
    }
  }

  @Override
  public boolean redirecting(Netns pod) throws IOException {
    for (Family family : families(pod)) {
      if (!IptablesText.redirecting(Tool.in(pod, family.save()))) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void remove(Netns pod) throws IOException {
    for (Family family : families(pod)) {
      String text = IptablesText.removeRedirects(Tool.in(pod, family.save()));
      if (!text.isEmpty()) {
        Tool.in(pod, family.restore(text));
      }
    }
    PolicyRoutes.remove(pod);
  }

  @Override
  public void markProbes(Collection<InetAddress> pods) throws IOException {
    for (Family family : here()) {
      String saved = Tool.here(family.save());
      Tool.here(family.restore(text(family).markProbes(pods, saved)));
    }
  }

  @Override
  public void unmarkProbes() throws IOException {
    for (Family family : here()) {
      String text = IptablesText.removeProbes(Tool.here(family.save()));
      if (!text.isEmpty()) {
        Tool.here(family.restore(text));
      }
    }
  }

  private static List<Family> here() throws IOException {
    try (Netns own = Netns.current()) {
      return families(own);
    }
  }

  private IptablesText text(Family family) {
    return family.equals(V4) ? IptablesText.v4(probes) : IptablesText.v6(probes);
  }

  private static List<Family> families(Netns pod) throws IOException {
    var families = new ArrayList<>(List.of(V4));
    if (PolicyRoutes.hasIpv6(pod)) {
      families.add(V6);
    }
    return families;
  }
}
