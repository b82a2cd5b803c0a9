/// How long things take, as figures that can be put together.
@org.jspecify.annotations.NullMarked
package dev.jorb.measure;
