import ArgumentParser
import FoundationEssentials
import Heads
import JSON

/// `moderate score`: vectors in, a head's probabilities out.
struct Score: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Score vectors with a head alone.",
    discussion: """
      Each line of the input is {"vector": [numbers]} (or {"embedding": …}, as embed prints it); \
      null is NaN. Each line of the output is {"scores": {class: probability}}, in float64, to be \
      compared with the Python estimator's predict_proba.
      """)

  @Option(help: "A folder that export_head.py wrote, or a LightGBM text model.")
  var head: String

  @Option(help: "A file of JSON lines; \"-\" is standard input.")
  var input: String = "-"

  @Flag(help: "Round the numbers to float32 first and score them as float32 arrays are scored.")
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
      attempt: { vectors in scores(of: vectors, head) },
      emit: { (line, result: Result<[Double], RecordProblem>) in
        switch result {
        case .success(let scores) where isTable:
          let cells = zip(head.classes, scores).map { "\($0) \(decimals(Float($1), 4))" }
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

  /// The batch at once; where a row cannot be scored, one by one, so that it loses no other.
  private func scores(of vectors: [[Double]], _ head: Head) -> [Result<[Double], RecordProblem>] {
    if let all = try? probabilities(vectors, head) { return all.map { .success($0) } }
    return vectors.map { vector in
      do throws(HeadError) {
        return .success(try probabilities([vector], head)[0])
      } catch {
        return .failure(RecordProblem(error.description))
      }
    }
  }

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
