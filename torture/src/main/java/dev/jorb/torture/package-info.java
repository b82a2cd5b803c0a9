/// The campaign that tries to make a run file lose something.
@org.jspecify.annotations.NullMarked
package dev.jorb.torture;
