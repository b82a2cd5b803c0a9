/// What does it: the board that decides, and the threads, time and disk around it. Not exported.
@org.jspecify.annotations.NullMarked
package dev.jorb.engine;
