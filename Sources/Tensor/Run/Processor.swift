internal import Platform
internal import Synchronization

/// Where a forward pass runs: the kernels and the threads that share its work.
public struct Processor: Sendable {
  package let kernels: Kernels
  package let pool: ThreadPool
  /// nil: nothing is timed.
  public let profile: Profile?

  /// - Parameters:
  ///   - instructionSet: nil takes ``InstructionSet/preferred``. What is loaded for this processor is
  ///     laid out for it, and runs on it alone.
  ///   - threads: nil takes one for each core that the system gives this process.
  public init(
    instructionSet: InstructionSet? = nil, threads: Int? = nil, profile: Profile? = nil
  ) {
    self.profile = profile
    kernels = Kernels(instructionSet ?? .preferred)
    pool = ThreadPool(threads: threads ?? ProcessInfo.processInfo.activeProcessorCount)
  }

  private init(kernels: Kernels, pool: ThreadPool, profile: Profile?) {
    self.kernels = kernels
    self.pool = pool
    self.profile = profile
  }

  /// The threads that share the work, the calling one among them.
  public var threads: Int { pool.threads }

  /// The same kernels on the calling thread alone: for the steps of work whose parts the threads share
  /// out already.
  package var singleThreaded: Processor {
    Processor(kernels: kernels, pool: ThreadPool(threads: 1), profile: profile)
  }

  /// The results of `body` for each of `0..<count`, in order, computed by all threads.
  ///
  /// - Throws: the error of the first index that has one. The others are computed all the same.
  package func map<Result: Sendable, Failure: Error>(
    _ count: Int, _ body: (Int) throws(Failure) -> Result
  ) throws(Failure) -> [Result] {
    // One has nothing to share out, and the bookkeeping would cost it some microseconds.
    if count == 1 { return [try body(0)] }
    let results = Mutex([Swift.Result<Result, Failure>?](repeating: nil, count: count))
    pool.run(parts: count) { index, _ in
      let result = Swift.Result { () throws(Failure) in try body(index) }
      results.withLock { $0[index] = result }
    }
    var values: [Result] = []
    values.reserveCapacity(count)
    for case let result? in results.withLock({ $0 }) { values.append(try result.get()) }
    return values
  }

  /// `y = activation(x · weightsᵀ + bias) + residual`, outputs shared out among the threads.
  package func dense(
    _ x: Matrix, _ layer: DenseWeights, activation: Activation = .none, residual: Matrix? = nil,
    into y: Matrix
  ) {
    dense(x, [layer], activation: activation, residual: residual, into: [y])
  }

  /// Several layers on one input as one job. `residual` is added to each output.
  package func dense(
    _ x: Matrix, _ layers: [DenseWeights], activation: Activation = .none,
    residual: Matrix? = nil, into outputs: [Matrix]
  ) {
    precondition(layers.count == outputs.count)
    shareOut(layers.map { ($0.outputs, $0.tile(rows: x.rows, threads: pool.threads)) }) {
      index, range in
      kernels.dense(
        x, layers[index], outputs: range, activation: activation,
        residual: residual?[columns: range], into: outputs[index][columns: range])
    }
  }

  /// Calls `body` with each piece of at most `tile` outputs of each layer, as one job.
  func shareOut(
    _ layers: [(outputs: Int, tile: Int)], _ body: (_ layer: Int, _ outputs: Range<Int>) -> Void
  ) {
    let counts = layers.map { ($0.outputs + $0.tile - 1) / $0.tile }
    pool.run(parts: counts.reduce(0, +)) { part, _ in
      var part = part
      for (index, layer) in layers.enumerated() {
        guard part >= counts[index] else {
          body(index, part * layer.tile..<min((part + 1) * layer.tile, layer.outputs))
          return
        }
        part -= counts[index]
      }
    }
  }

  /// Layer norm, rows shared out among the threads.
  package func layerNorm(
    _ x: Matrix, residual: Matrix? = nil, gain: Matrix, bias: Matrix, epsilon: Float, into y: Matrix
  ) {
    eachRows(of: x.rows) { range in
      kernels.layerNorm(
        x[rows: range], residual: residual?[rows: range], gain: gain, bias: bias,
        epsilon: epsilon, into: y[rows: range])
    }
  }

  /// RMS norm, rows shared out among the threads.
  package func rmsNorm(_ x: Matrix, gain: Matrix, epsilon: Float, into y: Matrix) {
    eachRows(of: x.rows) { range in
      kernels.rmsNorm(x[rows: range], gain: gain, epsilon: epsilon, into: y[rows: range])
    }
  }

  /// A gate, rows shared out among the threads.
  package func gate(_ x: Matrix, by factors: Matrix, _ activation: Activation, into y: Matrix) {
    eachRows(of: x.rows) { range in
      kernels.gate(x[rows: range], by: factors[rows: range], activation, into: y[rows: range])
    }
  }

  /// Runs `body` over ranges that cover `0..<rows`, shared out among the threads.
  package func eachRows(of rows: Int, _ body: (Range<Int>) -> Void) {
    let step = max(4, (rows + 4 * pool.threads - 1) / (4 * pool.threads))
    pool.run(parts: (rows + step - 1) / step) { part, _ in
      body(part * step..<min((part + 1) * step, rows))
    }
  }
}

extension InstructionSet {
  /// `MODERATION_KERNEL` of the environment, else the fastest.
  public static let preferred: InstructionSet = {
    let named = ProcessInfo.processInfo.environment["MODERATION_KERNEL"]
    return named.flatMap { InstructionSet(rawValue: $0.lowercased()) } ?? .best
  }()
}
