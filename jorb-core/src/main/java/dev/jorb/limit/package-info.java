/// Limits as pure functions of time: nothing here waits, sleeps or reads a clock.
@org.jspecify.annotations.NullMarked
package dev.jorb.limit;
