/** The data path: where a connection goes (decided purely), and taking it there. */
@NullMarked
package dev.marrow.ztunnel.proxy;

import org.jspecify.annotations.NullMarked;
