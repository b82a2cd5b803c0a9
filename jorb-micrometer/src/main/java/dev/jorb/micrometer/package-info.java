/// The measures of runs as Micrometer's meters.
@org.jspecify.annotations.NullMarked
package dev.jorb.micrometer;
