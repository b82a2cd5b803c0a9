/// Where time comes from.
@org.jspecify.annotations.NullMarked
package dev.jorb.time;
