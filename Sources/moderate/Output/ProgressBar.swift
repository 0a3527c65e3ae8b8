import Synchronization
import SystemPackage

/// A line on standard error that says how far long work has come and how long it will take.
///
/// Silent unless standard error is a terminal, and for the first second. Its line is cleared when
/// the work ends, or when `complain` has something to say.
final class ProgressBar: Sendable {
  /// The part of the work that is done, in items or in bytes of a file.
  struct Measure {
    var done: Int
    /// Nil when it is not known, as for a pipe.
    var total: Int?
  }

  private static let isDrawn = Atomic<Bool>(false)
  private let title: String
  private let terminal: Terminal
  private let start = ContinuousClock.now
  /// Seconds from the start to the last drawing.
  private let lastDrawn = Mutex(0.0)

  init(_ title: String, terminal: Terminal = .error) {
    self.title = title
    self.terminal = terminal
  }

  /// Redraws the line, at most ten times a second.
  ///
  /// - items: Items done so far, for the rate.
  func update(items: Int, progress: Measure) {
    guard terminal.isInteractive else { return }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    let isDue = lastDrawn.withLock { lastDrawn in
      guard seconds > 1, seconds - lastDrawn > 0.1 else { return false }
      lastDrawn = seconds
      return true
    }
    guard isDue else { return }
    Self.isDrawn.store(true, ordering: .relaxed)
    Self.put("\r\u{1B}[K" + line(items: items, progress: progress, seconds: seconds))
  }

  /// Clears the line.
  func finish() { Self.clearLine() }

  static func clearLine() {
    guard isDrawn.exchange(false, ordering: .relaxed) else { return }
    put("\r\u{1B}[K")
  }

  /// The line as it is drawn: title, bar, share, items a second, time left.
  func line(items: Int, progress: Measure, seconds: Double) -> String {
    let rate = seconds > 0 ? Double(items) / seconds : 0
    let rateText = rate >= 10 ? "\(Int(rate))/s" : "\(Double(Int(rate * 10)) / 10)/s"
    guard let total = progress.total, total > 0 else {
      return DisplayText.truncated("\(title)  \(items)  \(rateText)", terminal.width - 1)
    }
    let share = min(1, Double(progress.done) / Double(total))
    let left = share > 0 ? seconds / share - seconds : 0
    let cells = 24
    let eighths = Int(share * Double(cells * 8))
    var bar = String(repeating: "█", count: eighths / 8)
    if eighths % 8 > 0 {
      bar.unicodeScalars.append(Unicode.Scalar(0x2590 - UInt32(eighths % 8)) ?? " ")
    }
    bar += String(repeating: " ", count: max(0, cells - bar.count))
    return DisplayText.truncated(
      "\(title) ▕\(bar)▏ \(Int(share * 100)) %  \(items)  \(rateText)  \(Self.duration(left)) left",
      terminal.width - 1)
  }

  /// `1:02:03`, `2:03` or `3 s`.
  static func duration(_ seconds: Double) -> String {
    let whole = Int(min(max(0, seconds.rounded()), 1e9))
    let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    if hours > 0 { return "\(hours):\(two(minutes)):\(two(rest))" }
    return whole < 60 ? "\(whole) s" : "\(minutes):\(two(rest))"
  }

  private static func put(_ text: String) {
    var output = ByteOutput(descriptor: .standardError)
    try? output.write(text)
    try? output.flush()
  }
}
