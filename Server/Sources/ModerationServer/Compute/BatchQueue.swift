/// Items that wait for a model, and whose turn it is: plain data, without threads or time.
///
/// A batch is what fits into a number of tokens, one item of each request in turn. So a single message
/// waits for the pass that runs and for one item of each request before it, however large those are.
struct BatchQueue {
  private struct Entry {
    let submission: Submission
    /// The first item that has not been taken.
    var next = 0
    /// Tokens of the items that have not been taken.
    var tokens: Int
  }

  struct Batch {
    let model: LoadedModel
    let kind: Work.Kind
    var items: [(submission: Submission, index: Int)] = []
    var tokens = 0
  }

  private var entries: [Entry] = []

  /// Items that wait.
  private(set) var count = 0

  var isEmpty: Bool { entries.isEmpty }

  /// The tokens that wait, where one request counts at most `share`.
  func load(share: Int) -> Int {
    entries.reduce(0) { $0 + min($1.tokens, share) }
  }

  mutating func append(_ submission: Submission) {
    entries.append(Entry(submission: submission, tokens: submission.costs.reduce(0, +)))
    count += submission.work.count
  }

  /// Takes the next batch. Requests that nobody waits for are dropped on the way.
  ///
  /// - Parameter budget: the most tokens of a batch; an item with more goes alone.
  /// - Returns: nil where nothing waits
  mutating func next(budget: Int, dropped: (Submission) -> Void = { _ in }) -> Batch? {
    entries.removeAll { entry in
      guard entry.submission.isAbandoned else { return false }
      count -= entry.submission.work.count - entry.next
      dropped(entry.submission)
      return true
    }
    guard let first = entries.first?.submission else { return nil }
    var batch = Batch(model: first.model, kind: first.work.kind)
    var isFull = false
    while !isFull {
      var tookAny = false
      for index in entries.indices {
        let submission = entries[index].submission
        guard submission.model === batch.model, submission.work.kind == batch.kind,
          entries[index].next < submission.costs.count
        else { continue }
        let cost = submission.costs[entries[index].next]
        guard batch.items.isEmpty || batch.tokens + cost <= budget else {
          isFull = true
          break
        }
        batch.items.append((submission, entries[index].next))
        batch.tokens += cost
        entries[index].next += 1
        entries[index].tokens -= cost
        tookAny = true
      }
      if !tookAny { break }
    }
    count -= batch.items.count
    entries.removeAll { $0.next == $0.submission.costs.count }
    // Whoever has had a turn stands behind those that have had none.
    let ids = Set(batch.items.map { ObjectIdentifier($0.submission) })
    let served = entries.prefix { ids.contains(ObjectIdentifier($0.submission)) }
    entries = Array(entries.dropFirst(served.count)) + served
    return batch
  }

  /// Everything that waits, for a shutdown.
  mutating func removeAll() -> [Submission] {
    defer {
      entries = []
      count = 0
    }
    return entries.map(\.submission)
  }
}
