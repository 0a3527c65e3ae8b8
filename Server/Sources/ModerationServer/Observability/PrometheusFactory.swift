import Metrics
import Synchronization

/// Metrics that a Prometheus server reads: counters, gauges and histograms, in the text format 0.0.4.
///
/// A metric is described before its first use, so that its help text and its buckets are known. Values
/// of labels are to come from closed sets: every other one makes a series that never goes away.
final class PrometheusFactory: MetricsFactory {
  enum Kind: String {
    case counter, gauge, histogram
    /// A counter whose name is not as Prometheus wants a counter's.
    case untyped
  }

  struct Family {
    var kind: Kind
    var help: String
    /// Upper bounds of a histogram's buckets, rising, without the infinite one.
    var buckets: [Double]
    /// By the text of the labels: `{label="insult",model="default"}`.
    var series: [String: PrometheusSeries] = [:]
  }

  private let families = Mutex<[String: Family]>([:])

  init() {}

  /// Seconds, from a tenth of a millisecond to two minutes.
  static let durations = (0..<21).map { 0.0001 * Double(1 << $0) }

  func describe(_ name: String, _ kind: Kind, _ help: String, buckets: [Double] = []) {
    families.withLock { families in
      guard families[name] == nil else { return }
      families[name] = Family(kind: kind, help: help, buckets: buckets)
    }
  }

  private func series(_ name: String, _ labels: [(String, String)], _ kind: Kind)
    -> PrometheusSeries
  {
    let name = Self.validName(name)
    let key = Self.text(of: labels)
    return families.withLock { families in
      var family =
        families[name]
        ?? Family(kind: kind, help: "", buckets: kind == .histogram ? Self.durations : [])
      if let series = family.series[key] { return series }
      let series = PrometheusSeries(buckets: family.buckets)
      family.series[key] = series
      families[name] = family
      return series
    }
  }

  /// Removes a series.
  func remove(_ name: String, _ labels: [(String, String)]) {
    _ = families.withLock { $0[name]?.series.removeValue(forKey: Self.text(of: labels)) }
  }

  /// All metrics in the text format, by name and labels in order.
  func text() -> String {
    let families = families.withLock { $0 }
    var text = ""
    for (name, family) in families.sorted(by: { $0.key < $1.key }) {
      if !family.help.isEmpty { text += "# HELP \(name) \(Self.escaped(family.help))\n" }
      text += "# TYPE \(name) \(family.kind.rawValue)\n"
      for (labels, series) in family.series.sorted(by: { $0.key < $1.key }) {
        text += series.lines(name, labels, family.kind)
      }
    }
    return text
  }

  // MARK: Text

  /// `{a="1",b="2"}` in the order of the names; empty without labels.
  static func text(of labels: [(String, String)]) -> String {
    guard !labels.isEmpty else { return "" }
    let parts = labels.sorted { $0.0 < $1.0 }.map { name, value in
      "\(validName(name))=\"\(escaped(value, quotes: true))\""
    }
    return "{" + parts.joined(separator: ",") + "}"
  }

  /// Backslashes and line ends escaped, and quotes in values of labels.
  static func escaped(_ text: String, quotes: Bool = false) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\"" where quotes: result += "\\\""
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// The name with `_` for what a name may not have.
  static func validName(_ name: String) -> String {
    func isValid(_ byte: UInt8) -> Bool {
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "_")
        || byte == UInt8(ascii: ":")
    }
    guard !name.utf8.allSatisfy(isValid) else { return name }
    return String(decoding: name.utf8.map { isValid($0) ? $0 : UInt8(ascii: "_") }, as: UTF8.self)
  }

  // MARK: MetricsFactory

  func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
    series(label, dimensions, .counter)
  }

  func makeFloatingPointCounter(label: String, dimensions: [(String, String)])
    -> any FloatingPointCounterHandler
  { series(label, dimensions, .counter) }

  func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
    series(label, dimensions, .gauge)
  }

  func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool)
    -> any RecorderHandler
  { series(label, dimensions, aggregate ? .histogram : .gauge) }

  func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    series(label, dimensions, .histogram)
  }

  // A series stays: a counter that begins anew would look like a restart.
  func destroyCounter(_ handler: any CounterHandler) {}
  func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
  func destroyMeter(_ handler: any MeterHandler) {}
  func destroyRecorder(_ handler: any RecorderHandler) {}
  func destroyTimer(_ handler: any TimerHandler) {}
}
