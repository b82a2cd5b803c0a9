/// The command line: a program's `main`, progress on a terminal, reports, and verbs on run files.
@org.jspecify.annotations.NullMarked
package dev.jorb.cli;
