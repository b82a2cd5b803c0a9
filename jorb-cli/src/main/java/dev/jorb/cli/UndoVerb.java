package dev.jorb.cli;

import dev.jorb.serial.Redrive;
import dev.jorb.serial.RedriveEntry;
import dev.jorb.serial.RunFile;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Takes back the last redrive of a run at rest: shows which it is, and does it with `--yes`.
@Command(
    name = "undo",
    description = "takes the last redrive back: shows all of them, and does it with --yes")
final class UndoVerb implements Callable<Integer> {
  private final Request request;

  @Option(names = "--yes", description = "does it; without, it is only shown")
  private boolean yes;

  UndoVerb(Request request) {
    this.request = request;
  }

  @Override
  public Integer call() {
    RunFile file = request.read();
    if (file.redrives().stream().allMatch(entry -> entry.undoneAt().isPresent())) {
      throw new UsageException(
          "run \"" + file.run().name() + "\" has no redrive that could be taken back");
    }
    if (yes) {
      try (Redrive redrive = Redrive.open(file.path())) {
        tell(redrive.undo(Person.name()));
      }
    } else {
      show(file.redrives());
    }
    return ExitCode.COMPLETE.code();
  }

  private void show(List<RedriveEntry> redrives) {
    if (request.isJson().getAsBoolean()) {
      Map<String, Object> head = new LinkedHashMap<>();
      head.put("done", false);
      JsonText.print(request.out(), head, "redrives", redrives.stream().map(RedriveVerb::json));
      return;
    }
    Table table = new Table();
    for (RedriveEntry each : redrives) {
      table.row(
          each.number(),
          each.at(),
          each.by(),
          Text.count(each.jobs(), "job") + " to " + each.to(),
          each.undoneBy().map(by -> "taken back by " + by).orElse(each.why()));
    }
    table.print(request.out());
    int last =
        redrives.stream()
            .filter(each -> each.undoneAt().isEmpty())
            .mapToInt(RedriveEntry::number)
            .max()
            .orElseThrow();
    request.out().println("would take back redrive " + last + "; add --yes to do it");
  }

  private void tell(Redrive.Undone undone) {
    if (request.isJson().getAsBoolean()) {
      Map<String, Object> json = RedriveVerb.json(undone.entry());
      json.put("done", true);
      json.put("back", undone.back());
      json.put("movedOn", undone.movedOn());
      JsonText.print(request.out(), json);
      return;
    }
    request
        .out()
        .println(
            "took back redrive "
                + undone.entry().number()
                + ": "
                + Text.count(undone.back(), "job")
                + (undone.back() == 1 ? " stands where it stood" : " stand where they stood")
                + (undone.movedOn() == 0
                    ? ""
                    : "; " + Text.count(undone.movedOn(), "job") + " had gone on and stay"));
  }
}
