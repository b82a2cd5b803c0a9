package dev.jorb.processor;

/// A job context that can be made such that no JSON can say it.
final class Note {
  public String text;
  public Object more;

  Note() {
    this("");
  }

  Note(String text) {
    this.text = text;
  }

  /// It contains itself.
  Note unencodable() {
    more = this;
    return this;
  }

  @Override
  public String toString() {
    return text;
  }
}
