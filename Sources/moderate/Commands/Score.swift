import ArgumentParser
import Heads
import JSON
import Moderation
import Platform

/// `moderate score` reads vectors and prints the probabilities that a head gives them.
struct Score: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Score vectors with a head alone.",
    discussion: """
      Each line of the input is {"vector": [numbers]}, or {"embedding": [numbers]} as embed prints \
      it; null stands for NaN. Each line of the output is {"scores": {class: probability}}, in \
      float64 as the Python estimator's predict_proba gives them.
      """)

  @Option(help: "The head: a folder that export_head.py wrote, or a LightGBM text model.")
  var head: String

  @Option(help: "A file of JSON lines; \"-\" is standard input.")
  var input: String = "-"

  @Flag(help: "Round the vectors to float32 first, as scikit-learn scores float32 arrays.")
  var float32 = false

  @OptionGroup var output: OutputOptions

  func run() throws {
    let head = try Head(contentsOf: URL(filePath: head))
    let records = try RecordReader(path: input, format: .jsonl)
    var bytes = ByteOutput()
    let isTable = output.chosen == .table
    try BatchRun(batchSize: 256, title: "score").run(
      records,
      prepare: { record throws(RecordProblem) in
        try Self.vector(of: record, size: head.inputSize)
      },
      work: { vectors in try probabilities(vectors, head) },
      emit: { (line, result: Result<[Double], RecordProblem>) in
        switch result {
        case .success(let scores) where isTable:
          let cells = zip(head.classes, scores).map { "\($0) \(fixed(Float($1), 4))" }
          try bytes.write(cells.joined(separator: "  ") + "\n")
        case .success(let scores):
          var named = JSONObject()
          for (name, score) in zip(head.classes, scores) {
            named[name] = .number(JSONNumber(score))
          }
          let line: JSONValue = ["scores": .object(named)]
          try bytes.write(line: line.encoded())
        case .failure(let problem):
          if !isTable { try bytes.write(line: problem.json(line: line)) }
        }
      },
      afterBatch: { try bytes.flush() })
  }

  /// One row of probabilities per vector.
  private func probabilities(_ vectors: [[Double]], _ head: Head) throws(HeadError) -> [[Double]] {
    let rows = vectors.flatMap { $0 }
    let all =
      float32
      ? try head.probabilities(rows.map(Float.init), count: vectors.count)
      : try head.probabilities(rows, count: vectors.count)
    let width = head.classes.count
    return vectors.indices.map { Array(all[$0 * width..<($0 + 1) * width]) }
  }

  /// The numbers of a record; null, `NaN` and the infinities are allowed, as a tree may take them.
  private static func vector(of record: Record, size: Int) throws(RecordProblem) -> [Double] {
    guard case .json(let bytes) = record else { throw RecordProblem("not a line of JSON") }
    let value: JSONValue
    do {
      value = try JSONValue(parsing: bytes, options: JSONOptions(allowsNonFiniteNumbers: true))
    } catch {
      throw RecordProblem(error.description)
    }
    guard case .array(let elements)? = value["vector"] ?? value["embedding"] else {
      throw RecordProblem("no \"vector\"")
    }
    guard elements.count == size else {
      throw RecordProblem("\(elements.count) numbers where the head takes \(size)")
    }
    var vector: [Double] = []
    vector.reserveCapacity(size)
    for element in elements {
      switch element {
      case .null: vector.append(.nan)
      case .number(let number): vector.append(number.double)
      default: throw RecordProblem("the vector holds something that is no number")
      }
    }
    return vector
  }
}
