/** One record per connection, to access log and metrics; and the log itself, which never blocks. */
@NullMarked
package dev.marrow.ztunnel.report;

import org.jspecify.annotations.NullMarked;
