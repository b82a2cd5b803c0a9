/// What is told of a run while it goes.
@org.jspecify.annotations.NullMarked
package dev.jorb.event;
