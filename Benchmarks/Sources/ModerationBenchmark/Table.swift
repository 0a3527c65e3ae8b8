import Foundation

/// Measurements as Markdown.
struct Table {
  private let results: [Measurement]
  private let threads: Int

  /// Milliseconds that a message may take.
  static let budget = 10.0

  init(_ results: [Measurement], threads: Int) {
    self.results = results
    self.threads = threads
  }

  private func number(_ value: Double) -> String {
    String(format: value < 10 ? "%.2f" : "%.1f", value)
  }

  var markdown: String {
    let lengths = results.first?.latencies.map(\.tokens) ?? []
    var lines = [
      "\(threads) threads, text to verdict, milliseconds p50 / p95 / p99 (floor)", "",
      "| model | precision | " + lengths.map { "\($0) tokens" }.joined(separator: " | ")
        + " | messages/s | first verdict | peak memory |",
      "|---|---|" + String(repeating: "---|", count: lengths.count + 3),
    ]
    for result in results {
      let cells = result.latencies.map { latency in
        "\(number(latency.p50)) / \(number(latency.p95)) / \(number(latency.p99))"
          + (latency.floor.map { " (\(number($0)))" } ?? "")
      }
      lines.append(
        "| \(result.model) | \(result.precision) | \(cells.joined(separator: " | ")) | "
          + "\(Int(result.throughput)) | \(Int(result.firstVerdict)) ms | "
          + "\(Int(result.peakMemory)) MiB |")
    }
    lines.append("")
    for result in results {
      guard let latency = result.latencies.first(where: { $0.tokens == 32 }) else { continue }
      let verdict = latency.p99 <= Self.budget ? "within" : "over"
      lines.append(
        "- \(result.model) \(result.precision): p99 at 32 tokens \(number(latency.p99)) ms, "
          + "\(verdict) the budget of \(Int(Self.budget)) ms")
      for latency in result.latencies {
        guard let stages = latency.stages else { continue }
        let parts = stages.sorted { $0.value > $1.value }.map { "\($0.key) \(number($0.value))" }
        lines.append("  - \(latency.tokens) tokens, ms: " + parts.joined(separator: ", "))
      }
    }
    if let first = results.first {
      lines.append(
        "- measured here: \(number(first.bandwidth)) GB/s, "
          + results.map { "\(number($0.peak)) G multiply-adds/s \($0.precision)" }
          .reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
          .prefix(2).joined(separator: ", "))
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
