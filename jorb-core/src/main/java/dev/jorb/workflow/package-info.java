/// What to do: states, their steps and limits, and what a step may answer.
@org.jspecify.annotations.NullMarked
package dev.jorb.workflow;
