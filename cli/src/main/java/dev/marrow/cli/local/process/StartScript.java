package dev.marrow.cli.local.process;

/**
 * The last steps before a process is itself: its own hostname, {@code /etc/hosts} and {@code
 * /etc/resolv.conf}, in the mount and UTS namespaces that were just made for it.
 */
final class StartScript {
  static final String TEXT =
      """
      # start.sh FOLDER HOSTNAME DIRECTORY COMMAND...
      set -e
      folder=$1
      echo "$2" >/proc/sys/kernel/hostname
      directory=$3
      shift 3
      for file in hosts resolv.conf; do
        target=$(readlink -f "/etc/$file" || :)
        if [ -n "$target" ] && [ -e "$target" ]; then mount --bind "$folder/$file" "$target"; fi
      done
      cd "$directory"
      exec "$@"
      """;

  private StartScript() {}
}
