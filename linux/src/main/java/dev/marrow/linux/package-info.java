/**
 * System calls the JDK has no word for, through {@code java.lang.foreign}: network namespaces,
 * {@code SOCK_SEQPACKET} sockets, passed file descriptors, resource limits, memory advice. Calls
 * that block do so in native code, so use them from platform threads.
 */
@NullMarked
package dev.marrow.linux;

import org.jspecify.annotations.NullMarked;
