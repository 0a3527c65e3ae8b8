/// A class as it was in training: scikit-learn keeps integers, text, bools and floats apart.
public enum ClassLabel: Sendable, Hashable, CustomStringConvertible {
  case integer(Int)
  case text(String)
  case bool(Bool)
  case number(Double)

  /// As Python's `str` prints it: `1`, `spam`, `True`, `1.0`.
  public var description: String {
    switch self {
    case .integer(let value): String(value)
    case .text(let value): value
    case .bool(let value): value ? "True" : "False"
    case .number(let value): value.description
    }
  }
}
