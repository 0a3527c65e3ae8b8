import ArgumentParser
import Moderation

/// Reads records in batches, has each batch worked on at once, and hands the results on in the
/// order of the records.
///
/// A record that cannot be used is reported on standard error with its line and does not lose the
/// others; the command then ends with exit code 2. Memory holds one batch at a time. A batch is cut
/// short where the input would have to be waited for, so that a slow pipe gets its answers.
struct BatchRun {
  var batchSize = 64
  /// A batch of more bytes takes no other record.
  var batchBytes = 1 << 20
  var title: String
  /// Where problems are reported.
  var complain: (String) -> Void = moderate.complain

  /// Runs work on whole batches. Where it fails, each item of the batch is tried alone, and the
  /// error is that of its line.
  ///
  /// - Parameter work: gives one output per item, in order.
  func run<Item, Output>(
    _ records: RecordReader,
    prepare: (Record) throws(RecordProblem) -> Item,
    work: ([Item]) throws -> [Output],
    emit: (Int, Result<Output, RecordProblem>) throws -> Void,
    afterBatch: () throws -> Void = {}
  ) throws {
    try run(
      records, prepare: prepare,
      attempt: { items in
        Moderation.attempt(items, work).map { $0.mapError { RecordProblem("\($0)") } }
      }, emit: emit, afterBatch: afterBatch)
  }

  /// - Parameters:
  ///   - prepare: turns a record into what the work needs, or throws why it cannot.
  ///   - attempt: gives one result per item, in order.
  ///   - emit: is called once per record, in order, with the record's line, and the result, or the
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
    while let batch = try batch(of: records, prepare) {
      let items = batch.compactMap { try? $0.item.get() }
      var results = (items.isEmpty ? [] : try attempt(items))[...]
      precondition(results.count == items.count, "one result per item")
      for (number, item) in batch {
        let result = item.flatMap { _ in results.removeFirst() }
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

  private typealias Prepared<Item> = (number: Int, item: Result<Item, RecordProblem>)

  /// The next records, as many as are there without waiting; nil at the end.
  private func batch<Item>(
    of records: RecordReader, _ prepare: (Record) throws(RecordProblem) -> Item
  ) throws -> [Prepared<Item>]? {
    var batch: [Prepared<Item>] = []
    var bytes = 0
    while batch.count < batchSize, bytes < batchBytes, let next = try records.next() {
      if case .success(let record) = next.record { bytes += record.byteCount }
      let item = next.record.flatMap { record in
        Result { () throws(RecordProblem) in try prepare(record) }
      }
      batch.append((next.number, item))
      if records.wouldWait { break }
    }
    return batch.isEmpty ? nil : batch
  }
}
