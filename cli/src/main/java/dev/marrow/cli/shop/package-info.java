/** The tiny application of the sample shop. */
@NullMarked
package dev.marrow.cli.shop;

import org.jspecify.annotations.NullMarked;
