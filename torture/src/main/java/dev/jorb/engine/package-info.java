/// Rows about the engine. In the package of what they torture, because that is not public.
@org.jspecify.annotations.NullMarked
package dev.jorb.engine;
