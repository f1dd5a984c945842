/** Takes pods in and lets them go, in the order that loses no connection. */
@NullMarked
package dev.marrow.nodeagent.enrol;

import org.jspecify.annotations.NullMarked;
