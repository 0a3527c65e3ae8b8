import ArgumentParser
import Foundation
import Histogram
import Moderation
import Tensor
import Tokenizers
import Transformer

/// Measures one model in this process and prints a ``Measurement`` as JSON.
struct Measure: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure one model and print JSON.", shouldDisplay: false)

  @Option var model: String
  @Option var precision: String?
  @Option var started: Double?
  @OptionGroup var settings: Settings

  func run() throws {
    let folder = URL(filePath: model)
    let start = ContinuousClock.now
    let subject = try Subject(folder, precision: precision, threads: settings.threads)
    let loading = milliseconds(since: start)
    try subject.run(["hello there"])
    let firstVerdict =
      started.map { (Date().timeIntervalSince1970 - $0) * 1000 } ?? milliseconds(since: start)
    let texts = try throughputTexts()
    let latencies = try settings.lengths.map { try latency(subject, tokens: $0) }
    let before = Machine.memory("VmRSS")
    let throughput = try throughput(subject, texts)
    let measurement = Measurement(
      model: folder.lastPathComponent, precision: subject.precision, firstVerdict: firstVerdict,
      loading: loading, latencies: [], throughput: throughput,
      peakMemory: Machine.memory("VmHWM"), growth: Machine.memory("VmRSS") - before,
      bandwidth: 0)
    let stages = settings.profile ? try subject.stages(settings) : [:]
    // The machine is measured last: its buffers are not the model's memory.
    let bandwidth = Machine.bandwidth(threads: settings.threads)
    print(
      String(
        decoding: try JSONEncoder().encode(
          measurement.with(
            latencies.map { latency in
              latency.with(
                floor: subject.floor(
                  tokens: latency.tokens, bandwidth: bandwidth, peak: latency.peak),
                stages: stages[latency.tokens])
            }, bandwidth: bandwidth)), as: UTF8.self))
  }

  private func latency(_ subject: Subject, tokens: Int) throws -> Measurement.Latency {
    let text = subject.text(tokens: tokens)
    for _ in 0..<5 { try subject.run([text]) }
    var histogram = Histogram<UInt64>(numberOfSignificantValueDigits: .three)
    // By turns with the passes, since neighbours on the machine slow both down.
    let peak = PeakRate(
      Precision(rawValue: subject.precision) ?? .float32, of: Processor(threads: settings.threads))
    var peaks: [Double] = []
    let start = ContinuousClock.now
    while milliseconds(since: start) < settings.seconds * 1000 || histogram.totalCount < 50 {
      peaks.append(peak.sample())
      let one = ContinuousClock.now
      try subject.run([text])
      histogram.record(UInt64(milliseconds(since: one) * 1e6))
    }
    func percentile(_ value: Double) -> Double {
      Double(histogram.valueAtPercentile(value)) / 1e6
    }
    return Measurement.Latency(
      tokens: tokens, count: Int(histogram.totalCount), p50: percentile(50), p95: percentile(95),
      p99: percentile(99), peak: median(peaks), floor: nil)
  }

  private func throughput(_ subject: Subject, _ texts: [String]) throws -> Double {
    let start = ContinuousClock.now
    var count = 0
    while milliseconds(since: start) < settings.seconds * 1000 {
      let first = count % texts.count
      let batch = Array(texts[first..<min(first + 32, texts.count)])
      try subject.run(batch)
      count += batch.count
    }
    return Double(count) / milliseconds(since: start) * 1000
  }

  private func throughputTexts() throws -> [String] {
    guard let path = settings.texts else {
      return (0..<256).map { index in Subject.words(count: 8 + index * 7 % 24) }
    }
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    guard !lines.isEmpty else { throw Failure("\(path) has no texts") }
    return lines.map(String.init)
  }
}

extension Measurement {
  func with(_ latencies: [Latency], bandwidth: Double) -> Measurement {
    Measurement(
      model: model, precision: precision, firstVerdict: firstVerdict, loading: loading,
      latencies: latencies, throughput: throughput, peakMemory: peakMemory, growth: growth,
      bandwidth: bandwidth)
  }
}

extension Measurement.Latency {
  func with(floor: Double?, stages: [String: Double]?) -> Measurement.Latency {
    Measurement.Latency(
      tokens: tokens, count: count, p50: p50, p95: p95, p99: p99, peak: peak, floor: floor,
      stages: stages)
  }
}
