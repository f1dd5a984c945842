/**
 * Where certificates come from: the CSR service, the SPIFFE Workload API, files, a test authority.
 */
@NullMarked
package dev.marrow.identity.issue;

import org.jspecify.annotations.NullMarked;
