/// Code that does its worst beside honest jobs.
@org.jspecify.annotations.NullMarked
package dev.jorb.torture.hostile;
