import dev.jorb.cli.Jorb;
import dev.jorb.limit.Rate;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Workflow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;

/// Invites fifty guests: writes each a letter, eight at a time, and posts it, ten a second.
///
/// ```
/// ./jorb run examples/Hello.java
/// ```
///
/// Stop it in the middle and start it again: it goes on where it was. The letters are in
/// `work/hello`, the run in `hello.jorb`.
// tag::hello[]
class Hello {
  record Party(String place) {}

  record Guest(String name, String letter) {}

  public static void main(String[] args) {
    var workflow =
        Workflow.named("hello", Path.class, Party.class, Guest.class)
            .state("write", s -> s.exec(Hello::write).concurrency(8))
            .state("post", s -> s.exec(Hello::post).rate(Rate.perSecond(10)))
            .terminal("posted")
            .build();
    var guests = IntStream.rangeClosed(1, 50).mapToObj(i -> new Guest("guest " + i, ""));
    Jorb.main(
        args,
        workflow,
        () -> Files.createDirectories(Path.of("work", "hello")),
        () -> workflow.run("hello", new Party("the garden")).addAll(guests));
  }

  static Outcome<Guest> write(Path postbox, Party party, Guest guest) {
    var letter = "Hello, " + guest.name() + "! Come to " + party.place() + ".\n";
    return Outcome.to("post", new Guest(guest.name(), letter));
  }

  static Outcome<Guest> post(Path postbox, Party party, Guest guest) throws IOException {
    Files.writeString(postbox.resolve(guest.name() + ".txt"), guest.letter());
    return Outcome.to("posted", guest);
  }
}
// end::hello[]
