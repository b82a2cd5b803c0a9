package dev.jorb.run;

/// A value as JSON text, for code that does not know its type.
///
/// @param text well-formed JSON
public record Json(String text) {
  @Override
  public String toString() {
    return text;
  }
}
