/** What the local mesh should look like: pure code from objects to pods, addresses and services. */
@NullMarked
package dev.marrow.cli.local.plan;

import org.jspecify.annotations.NullMarked;
