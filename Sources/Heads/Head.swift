public import Platform
public import Tensor

/// A classifier of vectors that scikit-learn or LightGBM trained, such as one of embeddings.
///
/// ```swift
/// let head = try Head(contentsOf: folder)      // head.json and head.safetensors, or a model.txt
/// let scores = try head.probabilities(embedding, count: 1)
/// ```
/// Probabilities and predictions are those of the Python estimator. A row's result does not depend
/// on the other rows of the call.
public struct Head: Sendable {
  /// How the classes exclude each other.
  public enum Task: String, Sendable {
    /// Two classes that exclude each other.
    case binary
    /// Three classes or more that exclude each other.
    case multiclass
    /// Labels of which any number may hold.
    case multilabel
    /// No classes: a number, such as a regression's. The single column holds it.
    case value
  }

  public let task: Task
  /// The classes in the order of the probabilities' columns, with their types.
  public let classLabels: [ClassLabel]
  /// The numbers a row has.
  public let inputSize: Int
  private let model: any HeadModel

  /// The classes in the order of the probabilities' columns, as text.
  public var classes: [String] { classLabels.map(\.description) }

  init(task: Task, classLabels: [ClassLabel], model: any HeadModel) {
    self.task = task
    self.classLabels = classLabels
    self.model = model
    inputSize = model.inputSize
  }

  /// Reads a folder that `Weights/export_head.py` wrote, or a LightGBM text model.
  ///
  /// A LightGBM model does not name its classes: they are `0`, `1`, …, or `value` for a regression.
  ///
  /// - Parameter processor: its kernels multiply, on the caller's thread
  public init(
    contentsOf url: URL, processor: Processor = Processor(threads: 1)
  ) throws(HeadError) {
    var isFolder = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
      throw .unreadable(file: url.path, reason: "no such file or folder")
    }
    self =
      try isFolder || url.lastPathComponent == "head.json"
      ? HeadReader.read(isFolder ? url : url.deletingLastPathComponent(), processor.kernels)
      : HeadReader.read(lightGBM: url)
  }

  /// Scores and predictions of the same rows.
  public struct Scores: Sendable {
    /// [rows, classes], row by row.
    public let probabilities: [Double]
    /// [rows, classes]: the classes that the estimator's `predict` chooses. Exactly one in a row if
    /// the classes exclude each other; none for a regression.
    public let decisions: [Bool]
  }

  /// Scores rows of float64.
  ///
  /// - Parameter rows: [count, inputSize], row by row
  /// - Throws: ``HeadError/wrongSize(values:rows:inputSize:)``, and
  ///   ``HeadError/notFinite(row:column:)`` where the Python estimator would raise for NaN or
  ///   infinity. Trees take both.
  public func scores(_ rows: [Double], count: Int) throws(HeadError) -> Scores {
    try scores(count: count, values: rows.count, isSinglePrecision: false) { range in
      Array(rows[range])
    }
  }

  /// Scores rows of float32, as scikit-learn scores float32 arrays.
  public func scores(_ rows: [Float], count: Int) throws(HeadError) -> Scores {
    try scores(count: count, values: rows.count, isSinglePrecision: true) { range in
      rows[range].map(Double.init)
    }
  }

  /// `predict_proba`: [rows, classes], row by row.
  public func probabilities(_ rows: [Double], count: Int) throws(HeadError) -> [Double] {
    try scores(rows, count: count).probabilities
  }

  /// `predict_proba` of float32 rows.
  public func probabilities(_ rows: [Float], count: Int) throws(HeadError) -> [Double] {
    try scores(rows, count: count).probabilities
  }

  /// `predict`: the classes chosen for each row.
  public func predictions(_ rows: [Double], count: Int) throws(HeadError) -> [[ClassLabel]] {
    chosen(try scores(rows, count: count), count)
  }

  /// `predict` of float32 rows.
  public func predictions(_ rows: [Float], count: Int) throws(HeadError) -> [[ClassLabel]] {
    chosen(try scores(rows, count: count), count)
  }

  private func chosen(_ scores: Scores, _ count: Int) -> [[ClassLabel]] {
    (0..<count).map { row in
      classLabels.indices.filter { scores.decisions[row * classLabels.count + $0] }
        .map { classLabels[$0] }
    }
  }

  /// Rows go through the model in blocks that stay in the cache.
  private func scores(
    count: Int, values: Int, isSinglePrecision: Bool, block: (Range<Int>) -> [Double]
  ) throws(HeadError) -> Scores {
    let (expected, overflow) = count.multipliedReportingOverflow(by: inputSize)
    guard count >= 0, !overflow, values == expected else {
      throw .wrongSize(values: values, rows: count, inputSize: inputSize)
    }
    var probabilities: [Double] = []
    var decisions: [Bool] = []
    probabilities.reserveCapacity(count * classLabels.count)
    decisions.reserveCapacity(count * classLabels.count)
    for first in stride(from: 0, to: count, by: Self.blockSize) {
      let end = min(count, first + Self.blockSize)
      let rows = Rows(
        values: block(first * inputSize..<end * inputSize), count: end - first, width: inputSize,
        isSinglePrecision: isSinglePrecision, firstRow: first)
      let scores = try model.scores(of: rows)
      probabilities += scores.probabilities
      decisions += scores.decisions
    }
    return Scores(probabilities: probabilities, decisions: decisions)
  }

  private static let blockSize = 72
}
