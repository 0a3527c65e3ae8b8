import JSON
import Moderation
import NIOPosix
import Synchronization

/// Appends feedback to a file. A report is acknowledged when it is on the disk.
///
/// One thread writes. Reports that arrive while it waits for the disk are written together.
final class FeedbackStore: Sendable {
  /// What became of a report.
  enum Outcome: String, Sendable, CaseIterable {
    case written
    /// The same report is in the file already.
    case known
    /// Another report with its key is in the file.
    case conflict
  }

  private struct Report: Sendable {
    var line: JSONValue
    var id: ReportID?
    var waiter: CheckedContinuation<Outcome, any Error>
  }

  /// A key, as one caller uses it.
  private struct ReportID: Hashable, Sendable {
    var caller: String?
    var key: String

    /// Nil for a line without a key.
    init?(_ line: JSONValue) {
      guard let metadata = line["metadata"], case .string(let key)? = metadata["key"] else {
        return nil
      }
      self.key = key
      if case .string(let caller)? = metadata["caller"] { self.caller = caller }
    }
  }

  /// What the writing thread alone works with.
  private struct Journal: ~Copyable {
    var file: LineFile
    /// The content of the reports that have keys, as a hash.
    var known: [ReportID: Int]
  }

  private let journal: Mutex<Journal>
  private let waiting = Mutex<(reports: [Report], isRunning: Bool)>(([], false))
  private let pool = NIOThreadPool(numberOfThreads: 1)

  /// Opens the file, and reads the keys that are in it.
  ///
  /// - Throws: ``ServerError/setting(name:reason:)``
  init(path: String) throws(ServerError) {
    var known: [ReportID: Int] = [:]
    let file = try LineFile(path: path, option: "feedback") { bytes in
      guard let line = try? JSONValue(parsing: Array(bytes)), let id = ReportID(line) else {
        return
      }
      known[id] = FeedbackRow.content(line)
    }
    journal = Mutex(Journal(file: file, known: known))
    pool.start()
  }

  /// Appends a report, unless it is there.
  ///
  /// - Throws: ``RequestProblem/Kind/unavailable`` where the disk does not take it
  func add(_ line: JSONValue) async throws -> Outcome {
    try await withCheckedThrowingContinuation { waiter in
      let isIdle = waiting.withLock { waiting in
        waiting.reports.append(Report(line: line, id: ReportID(line), waiter: waiter))
        defer { waiting.isRunning = true }
        return !waiting.isRunning
      }
      guard isIdle else { return }
      pool.submit { [self] state in
        while let reports = next() {
          if case .active = state { write(reports) } else { fail(reports, CancellationError()) }
        }
      }
    }
  }

  private func next() -> [Report]? {
    waiting.withLock { waiting in
      let reports = waiting.reports
      waiting = ([], !reports.isEmpty)
      return reports.isEmpty ? nil : reports
    }
  }

  private func write(_ reports: [Report]) {
    let outcomes = journal.withLock { journal -> Result<[Outcome], any Error> in
      var (bytes, added): ([UInt8], [ReportID: Int]) = ([], [:])
      let outcomes = reports.map { report -> Outcome in
        if let id = report.id {
          let content = FeedbackRow.content(report.line)
          if let old = added[id] ?? journal.known[id] { return old == content ? .known : .conflict }
          added[id] = content
        }
        bytes += report.line.encoded() + [UInt8(ascii: "\n")]
        return .written
      }
      let size = journal.file.size
      do {
        if !bytes.isEmpty {
          try journal.file.append(bytes)
          try journal.file.synchronize()
        }
        journal.known.merge(added) { $1 }
        return .success(outcomes)
      } catch {
        journal.file.cut(to: size)
        return .failure(
          RequestProblem(.unavailable, "The feedback cannot be written.", retryAfter: 1))
      }
    }
    switch outcomes {
    case .success(let outcomes):
      for (report, outcome) in zip(reports, outcomes) { report.waiter.resume(returning: outcome) }
    case .failure(let error): fail(reports, error)
    }
  }

  private func fail(_ reports: [Report], _ error: any Error) {
    for report in reports { report.waiter.resume(throwing: error) }
  }

  func stop() async { try? await pool.shutdownGracefully() }
}
