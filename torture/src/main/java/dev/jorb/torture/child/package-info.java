/// The program that is tortured: a run whose jobs do what a pure function says, and which keeps an
/// account of what it was told that outlives it.
@org.jspecify.annotations.NullMarked
package dev.jorb.torture.child;
