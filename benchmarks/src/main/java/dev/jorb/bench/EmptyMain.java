package dev.jorb.bench;

/// The least that a program can do and be seen.
final class EmptyMain {
  private EmptyMain() {}

  public static void main(String[] args) {
    System.out.println("here");
  }
}
