/// The rows of the campaign that need real processes and the real kernel.
@org.jspecify.annotations.NullMarked
package dev.jorb.torture.real;
