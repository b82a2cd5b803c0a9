package dev.jorb.bench;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.jorb.limit.LearnedRate;
import dev.jorb.limit.Limiter;
import dev.jorb.limit.Rate;
import dev.jorb.limit.ServiceHints;
import dev.jorb.limit.ThrottledException;
import dev.jorb.processor.Processor;
import dev.jorb.processor.RunSummary;
import dev.jorb.run.Run;
import dev.jorb.serial.JournalSerializer;
import dev.jorb.workflow.Outcome;
import dev.jorb.workflow.Workflow;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/// The real engine and a real HTTP server on loopback, which takes 250 calls in each second and
/// answers all others by 429 and the time to wait. What it refused is counted by the server.
final class LoopbackCalls {
  private static final int PER_SECOND = 250;

  private final Limiter window = Rate.perSecond(PER_SECOND).sliding().limiter();
  private final AtomicInteger accepted = new AtomicInteger();
  private final AtomicInteger refused = new AtomicInteger();

  private LoopbackCalls() {}

  /// What the steps call with.
  record Client(HttpClient http, URI address) {}

  /// What one job knows.
  record Call(int number) {}

  static List<Figure> measure(int calls, Path directory) throws Exception {
    return new LoopbackCalls().call(calls, directory);
  }

  private List<Figure> call(int calls, Path directory) throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    try (var pool = Executors.newVirtualThreadPerTaskExecutor();
        HttpClient http = HttpClient.newHttpClient()) {
      server.setExecutor(pool);
      server.start();
      URI address = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
      double seconds = run(calls, directory, new Client(http, address));
      double part = (double) refused.get() / (refused.get() + accepted.get());
      double used = calls / seconds / PER_SECOND;
      String note =
          String.format(
              Locale.ROOT,
              "%,d accepted, %,d refused, counted by the server; %.1f s, %.2f of its rate",
              accepted.get(),
              refused.get(),
              seconds,
              used);
      return List.of(
          new Figure(
              "limits, real server on loopback: refused ÷ all",
              Target.atMost(0.001),
              List.of(part),
              note),
          new Figure(
              "limits, real server on loopback: useful ÷ capacity, from the first call on",
              Target.shown(),
              List.of(used),
              "the search is in it"));
    } finally {
      server.stop(0);
    }
  }

  private static double run(int calls, Path directory, Client client) {
    Workflow<Client, String, Call> workflow =
        Workflow.named("calls", Client.class, String.class, Call.class)
            .state(
                "call",
                s ->
                    s.exec(LoopbackCalls::step)
                        .concurrency(32)
                        .rate(LearnedRate.between(1, 2_000).startAt(20)))
            .terminal("done")
            .build();
    Run<String, Call> run = workflow.run("calls", "");
    for (int i = 0; i < calls; i++) {
      run.add(new Call(i));
    }
    JournalSerializer<String, Call> journal =
        JournalSerializer.at(directory.resolve("calls.jorb"), workflow);
    RunSummary summary = Processor.of(workflow, client).serializer(journal).exec(run);
    if (!summary.isComplete()) {
      throw new IllegalStateException("not all calls were made: " + summary);
    }
    return summary.took().toNanos() / 1e9;
  }

  private static Outcome<Call> step(Client client, String all, Call call) throws Exception {
    HttpResponse<Void> response =
        client.http.send(
            HttpRequest.newBuilder(client.address).build(), HttpResponse.BodyHandlers.discarding());
    if (response.statusCode() == 429) {
      throw new ThrottledException(ServiceHints.of(response.headers().map()));
    }
    return Outcome.to("done", call);
  }

  private void answer(HttpExchange exchange) throws IOException {
    long wait = permit();
    if (wait > 0) {
      refused.incrementAndGet();
      exchange
          .getResponseHeaders()
          .set("Retry-After", Long.toString((wait + 999_999_999L) / 1_000_000_000L));
    } else {
      accepted.incrementAndGet();
    }
    exchange.sendResponseHeaders(wait > 0 ? 429 : 200, -1);
    exchange.close();
  }

  private synchronized long permit() {
    long nowNanos = System.nanoTime();
    long wait = window.waitNanos(1, nowNanos);
    if (wait == 0) {
      window.started(1, nowNanos);
    }
    return wait;
  }
}
