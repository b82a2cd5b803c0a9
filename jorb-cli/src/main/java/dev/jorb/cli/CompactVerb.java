package dev.jorb.cli;

import dev.jorb.serial.Compaction;
import dev.jorb.serial.Opening;
import dev.jorb.serial.RunFiles;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// Writes the file anew with the newest version of each job.
@Command(
    name = "compact",
    description = "writes the file anew with the newest version of each job and nothing else")
final class CompactVerb implements Callable<Integer> {
  private final Request request;

  CompactVerb(Request request) {
    this.request = request;
  }

  @Override
  public Integer call() {
    Compaction done = RunFiles.compact(request.existing());
    if (request.isJson().getAsBoolean()) {
      JsonText.print(request.out(), json(done));
    } else {
      tell(done);
    }
    return ExitCode.COMPLETE.code();
  }

  private void tell(Compaction done) {
    request
        .out()
        .println(
            done.file()
                + ": "
                + done.bytesBefore()
                + " bytes before, "
                + done.bytesAfter()
                + " after, with "
                + Text.count(done.jobs(), "job"));
    if (!done.edits().isEmpty()) {
      List<String> edited = done.edits().stream().map(Opening.Edit::job).toList();
      request
          .out()
          .println(
              "  recorded as edited by hand: "
                  + Text.count(edited.size(), "job")
                  + ": "
                  + Text.some(edited, 5));
    }
  }

  private static Map<String, Object> json(Compaction done) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("file", done.file().toString());
    json.put("bytesBefore", done.bytesBefore());
    json.put("bytesAfter", done.bytesAfter());
    json.put("jobs", done.jobs());
    json.put("edited", done.edits().stream().map(Opening.Edit::job).toList());
    return json;
  }
}
