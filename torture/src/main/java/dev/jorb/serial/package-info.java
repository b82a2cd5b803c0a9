/// Rows about the run file alone, on a simulated disk. In the package of what they torture, because
/// that is not public.
@org.jspecify.annotations.NullMarked
package dev.jorb.serial;
