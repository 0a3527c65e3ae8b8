public import JSON
public import Safetensors

/// An error in a head's files, or in the rows that it was given.
public enum HeadError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A file that is not there or cannot be read.
  case unreadable(file: String, reason: String)
  /// `head.json` is not JSON, or a value in it is missing or of the wrong kind.
  case json(file: String, JSONError)
  /// `head.json` asks for something that this version does not know.
  case unsupported(file: String, what: String)
  /// Values of `head.json` contradict each other.
  case inconsistent(file: String, reason: String)
  /// `head.safetensors` is damaged or does not hold what `head.json` says.
  case weights(SafetensorsError)
  /// A LightGBM model that cannot be read; lines count from 1.
  case invalidModel(file: String, line: Int, reason: String)
  /// So many values are not so many rows.
  case wrongSize(values: Int, rows: Int, inputSize: Int)
  /// NaN or an infinity where the head has no meaning for it. scikit-learn raises here, too.
  case notFinite(row: Int, column: Int)

  public var description: String {
    switch self {
    case .unreadable(let file, let reason): "\(file): cannot be read: \(reason)"
    case .json(let file, let error): "\(file): \(error)"
    case .unsupported(let file, let what): "\(file): \(what) is not supported"
    case .inconsistent(let file, let reason): "\(file): \(reason)"
    case .weights(let error): error.description
    case .invalidModel(let file, let line, let reason): "\(file), line \(line): \(reason)"
    case .wrongSize(let values, let rows, let inputSize):
      "\(values) values for \(rows) rows; this head takes \(inputSize) a row"
    case .notFinite(let row, let column):
      "row \(row), column \(column): NaN or infinity, which this head cannot score"
    }
  }
}

extension HeadError: JSONFileError {}
