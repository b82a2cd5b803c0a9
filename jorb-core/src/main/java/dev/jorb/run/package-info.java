/// What is being done: jobs and runs as plain data that names states and knows no workflow.
@org.jspecify.annotations.NullMarked
package dev.jorb.run;
