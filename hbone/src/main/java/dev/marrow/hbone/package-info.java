/** Byte streams through mutual TLS and HTTP/2 CONNECT (HBONE): client pool, server, relay. */
@NullMarked
package dev.marrow.hbone;

import org.jspecify.annotations.NullMarked;
