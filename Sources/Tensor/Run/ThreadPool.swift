internal import CKernels
internal import Synchronization

/// Threads that share out the parts of one job after another.
///
/// The caller works too, so a pool of `n` threads has `n − 1` workers. Each begins with a range of
/// parts of its own, so that its memory lies in a row and the lines that it has fetched ahead are the next
/// that it reads; after that it helps the others. Parts are claimed one by one: a thread that the system holds up
/// delays one part only. Workers spin for a tenth of a millisecond after a job, since the next layer's
/// comes at once, and sleep after that.
///
/// One caller at a time has the workers. Another one that comes meanwhile does its parts alone rather
/// than wait, so concurrent calls share the cores by turns, job by job. The result of a part
/// must not depend on the thread that computes it; then neither the split nor the load can change it.
package final class ThreadPool: Sendable {
  /// The caller and the workers.
  package let threads: Int
  private let shared: Shared

  /// - Parameter threads: at least 1; 1 means that the caller does everything.
  package init(threads: Int) {
    self.threads = max(1, threads)
    shared = Shared(threads: self.threads)
    for worker in 1..<self.threads { shared.start(worker: worker) }
  }

  deinit { shared.stop() }

  /// Runs `body(part, worker)` once for each `part` in `0..<parts` and returns when all are done.
  /// `worker` is below `threads` and is held by one part at a time within this call.
  package func run(parts: Int, _ body: (_ part: Int, _ worker: Int) -> Void) {
    guard threads > 1, parts > 1, shared.acquire() else {
      for part in 0..<parts { body(part, 0) }
      return
    }
    shared.run(parts: parts, body)
  }
}

/// The state that the workers and the caller share.
private final class Shared: Sendable {
  typealias Body = (Int, Int) -> Void

  private let isTaken = Atomic<Bool>(false)
  /// Odd while a job is open to workers.
  private let generation = Atomic<Int>(0)
  /// The next part of each thread's range.
  private let next: [Counter]
  private let inside = Atomic<Int>(0)
  private let sleepers = Atomic<Int>(0)
  private let isStopped = Atomic<Bool>(false)
  private let job = Job()

  /// Pauses before a worker goes to sleep: about a tenth of a millisecond.
  private static let patience = 8000
  private let alarm = Alarm()

  private final class Counter: Sendable {
    let value = Atomic<Int>(0)
  }

  init(threads: Int) { next = (0..<threads).map { _ in Counter() } }

  /// Written by the caller before it opens a generation, read by workers inside one.
  @safe
  private final class Job: @unchecked Sendable {
    @unsafe var body: UnsafePointer<Body>?
    var parts = 0
  }

  func acquire() -> Bool {
    isTaken.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged
  }

  func run(parts: Int, _ body: Body) {
    withoutActuallyEscaping(body) { body in
      unsafe withUnsafePointer(to: body) { pointer in
        unsafe job.body = pointer
        job.parts = parts
        for thread in next.indices {
          next[thread].value.store(start(of: thread, parts), ordering: .relaxed)
        }
        generation.add(1, ordering: .sequentiallyConsistent)
        if sleepers.load(ordering: .sequentiallyConsistent) > 0 { alarm.ring() }
        work(as: 0)
        generation.add(1, ordering: .sequentiallyConsistent)
        while inside.load(ordering: .sequentiallyConsistent) > 0 { ck_pause() }
        unsafe job.body = nil
      }
    }
    isTaken.store(false, ordering: .releasing)
  }

  /// The first part of a thread's range.
  private func start(of thread: Int, _ parts: Int) -> Int { parts * thread / next.count }

  private func work(as worker: Int) {
    guard let body = unsafe job.body?.pointee else { return }
    for offset in next.indices {
      let thread = (worker + offset) % next.count
      let end = start(of: thread + 1, job.parts)
      while true {
        let part = next[thread].value.add(1, ordering: .relaxed).oldValue
        guard part < end else { break }
        body(part, worker)
      }
    }
  }

  func start(worker: Int) {
    Thread.start { [self] in
      var seen = 0
      while let current = wait(after: seen) {
        seen = current
        inside.add(1, ordering: .sequentiallyConsistent)
        if generation.load(ordering: .sequentiallyConsistent) == current { work(as: worker) }
        inside.subtract(1, ordering: .sequentiallyConsistent)
      }
    }
  }

  /// The next open generation after `seen`, or nil when the pool is gone.
  private func wait(after seen: Int) -> Int? {
    /// Whether a worker has to wake up: a job is open that it has not seen, or the pool is gone.
    func isDue(_ current: Int) -> Bool {
      (current != seen && current % 2 == 1) || isStopped.load(ordering: .relaxed)
    }
    var spins = 0
    while true {
      let current = generation.load(ordering: .sequentiallyConsistent)
      if isDue(current) { return isStopped.load(ordering: .relaxed) ? nil : current }
      if spins < Self.patience {
        ck_pause()
        spins += 1
      } else {
        sleepers.add(1, ordering: .sequentiallyConsistent)
        alarm.sleep { isDue(generation.load(ordering: .sequentiallyConsistent)) }
        sleepers.subtract(1, ordering: .sequentiallyConsistent)
        spins = 0
      }
    }
  }

  func stop() {
    isStopped.store(true, ordering: .sequentiallyConsistent)
    alarm.ring()
  }
}
