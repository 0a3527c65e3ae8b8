import ArgumentParser
import JSON

/// Reads records in batches, has each batch worked on at once, and hands the results on in the
/// order of the records.
///
/// A record that cannot be used is reported on standard error with its line and does not lose the
/// others; the command then ends with exit code 2. Memory holds one batch at a time. A batch is cut
/// short where the input would have to be waited for, so that a slow pipe gets its answers.
struct BatchRun {
  var batchSize = 64
  var title: String
  /// Where problems are reported.
  var complain: (String) -> Void = moderate.complain

  /// Runs work that cannot fail on an item that was prepared.
  func run<Item, Output>(
    _ records: RecordReader,
    prepare: (Record) throws(RecordProblem) -> Item,
    work: ([Item]) throws -> [Output],
    emit: (Int, Result<Output, RecordProblem>) throws -> Void,
    afterBatch: () throws -> Void = {}
  ) throws {
    try run(
      records, prepare: prepare, attempt: { try work($0).map { .success($0) } }, emit: emit,
      afterBatch: afterBatch)
  }

  /// - Parameters:
  ///   - prepare: Turns a record into what the work needs, or throws why it cannot.
  ///   - attempt: One result per item, in order, or why there is none.
  ///   - emit: Called once per record, in order, with the record's line, and the result, or the
  ///     problem that has been reported already.
  func run<Item, Output>(
    _ records: RecordReader,
    prepare: (Record) throws(RecordProblem) -> Item,
    attempt: ([Item]) throws -> [Result<Output, RecordProblem>],
    emit: (Int, Result<Output, RecordProblem>) throws -> Void,
    afterBatch: () throws -> Void = {}
  ) throws {
    let bar = ProgressBar(title)
    defer { bar.finish() }
    var count = 0
    var failures = 0
    var isAtEnd = false
    while !isAtEnd {
      var batch: [(number: Int, item: Result<Item, RecordProblem>)] = []
      while batch.count < batchSize {
        guard let next = try records.next() else {
          isAtEnd = true
          break
        }
        batch.append((next.number, Self.prepared(next.record, prepare)))
        if records.wouldWait { break }
      }
      guard !batch.isEmpty else { break }
      var items: [Item] = []
      for (_, item) in batch {
        if case .success(let item) = item { items.append(item) }
      }
      var results = (items.isEmpty ? [] : try attempt(items))[...]
      for (number, item) in batch {
        let result: Result<Output, RecordProblem>
        switch item {
        case .success:
          guard let next = results.popFirst() else { continue }
          result = next
        case .failure(let problem): result = .failure(problem)
        }
        if case .failure(let problem) = result {
          failures += 1
          complain("line \(number): \(problem.description)")
        }
        try emit(number, result)
      }
      count += batch.count
      try afterBatch()
      bar.update(items: count, progress: records.progress)
    }
    if failures > 0 {
      bar.finish()
      complain("\(failures) of \(count) lines could not be used")
      throw ExitCode(2)
    }
  }

  private static func prepared<Item>(
    _ record: Result<Record, RecordProblem>, _ prepare: (Record) throws(RecordProblem) -> Item
  ) -> Result<Item, RecordProblem> {
    switch record {
    case .success(let record):
      do {
        return .success(try prepare(record))
      } catch {
        return .failure(error)
      }
    case .failure(let problem): return .failure(problem)
    }
  }
}

extension RecordProblem {
  /// What stands in the output where the record's result would.
  func json(line: Int) -> [UInt8] {
    var object = JSONObject()
    object["error"] = .string(description)
    object["line"] = .number(JSONNumber(line))
    return JSONValue.object(object).encoded()
  }
}
