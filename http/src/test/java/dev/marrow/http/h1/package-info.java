@NullMarked
package dev.marrow.http.h1;

import org.jspecify.annotations.NullMarked;
