internal import JSON
internal import Tensor

/// One vector from the vectors of a message's tokens: sentence-transformers' `Pooling` module.
struct Pooling: Sendable {
  enum Mode: String, Sendable, CaseIterable {
    case cls
    case max
    case mean
    case meanSquareRootOfLength = "mean_sqrt_len_tokens"
    case weightedMean = "weightedmean"
    case lastToken = "lasttoken"

    /// The switch of the older spelling of the file.
    var flag: String {
      switch self {
      case .cls: "pooling_mode_cls_token"
      case .max: "pooling_mode_max_tokens"
      case .mean: "pooling_mode_mean_tokens"
      case .meanSquareRootOfLength: "pooling_mode_mean_sqrt_len_tokens"
      case .weightedMean: "pooling_mode_weightedmean_tokens"
      case .lastToken: "pooling_mode_lasttoken"
      }
    }
  }

  /// Their vectors are joined in this order.
  let modes: [Mode]
  /// Whether the tokens of a prompt take part.
  let includesPrompt: Bool

  init(modes: [Mode], includesPrompt: Bool) {
    self.modes = modes
    self.includesPrompt = includesPrompt
  }

  /// Reads the module's `config.json`: the modes by name, or one switch for each as before version 5.
  init(_ file: ConfigurationFile) throws(TransformerError) {
    let known = Set(
      Mode.allCases.map(\.flag) + [
        "pooling_mode", "include_prompt", "embedding_dimension", "word_embedding_dimension",
      ])
    if case .object(let object) = file.value,
      let key = object.keys.first(where: { !known.contains($0) })
    {
      throw .inconsistent(file: file.path, reason: "unknown key \(key)")
    }
    let read = try file.read { json throws(JSONError) in
      var names: [String]?
      switch json["pooling_mode"] {
      case .string(let name)?: names = [name]
      case nil, .null?: break
      default: names = try json.strings("pooling_mode")
      }
      var flags: [Mode] = []
      for mode in Mode.allCases where try json.optionalBool(mode.flag) ?? false {
        flags.append(mode)
      }
      return (names: names, flags: flags, prompt: try json.optionalBool("include_prompt") ?? true)
    }
    includesPrompt = read.prompt
    guard let names = read.names else {
      modes = read.flags.isEmpty ? [.mean] : read.flags
      return
    }
    var modes: [Mode] = []
    for name in names {
      guard let mode = Mode(rawValue: name) else { throw file.unsupported("pooling_mode", name) }
      modes.append(mode)
    }
    guard (1...Mode.allCases.count).contains(modes.count) else {
      throw file.unsupported("pooling_mode", "\(modes.count) modes")
    }
    self.modes = modes
  }

  /// The one token that is looked at, by the ids of the message, where there is only one.
  ///
  /// - Parameter prompt: tokens of the prompt at the front
  func onlyToken(skipping prompt: Int) -> ((_ ids: [Int32]) -> Int)? {
    switch modes {
    case [.cls]: { ids in includesPrompt ? 0 : min(prompt, ids.count - 1) }
    case [.lastToken]: { ids in ids.count - 1 }
    default: nil
    }
  }

  /// - Parameters:
  ///   - hidden: `[tokens, hidden size]`, or the one of ``onlyToken(skipping:)``
  ///   - skipping: tokens of the prompt at the front that are left out
  /// - Returns: hidden size · modes elements
  func callAsFunction(_ hidden: Matrix, skipping prompt: Int) -> [Float] {
    let first = includesPrompt ? 0 : min(prompt, hidden.rows)
    return modes.flatMap { pool(hidden, $0, from: first) }
  }

  private func pool(_ hidden: Matrix, _ mode: Mode, from first: Int) -> [Float] {
    let last = hidden.rows - 1
    switch mode {
    case .cls: return hidden[row: min(first, last)]
    case .lastToken: return hidden[row: last]
    case .max:
      var most = [Float](repeating: -.infinity, count: hidden.columns)
      for row in first..<hidden.rows {
        for (column, value) in hidden[row: row].enumerated() where value > most[column] {
          most[column] = value
        }
      }
      return most
    case .mean, .meanSquareRootOfLength, .weightedMean:
      var sums = [Float](repeating: 0, count: hidden.columns)
      var total: Float = 0
      for row in first..<hidden.rows {
        let weight = mode == .weightedMean ? Float(row + 1) : 1
        total += weight
        for (column, value) in hidden[row: row].enumerated() { sums[column] += weight * value }
      }
      total = Swift.max(total, 1e-9)
      if mode == .meanSquareRootOfLength { total = total.squareRoot() }
      return sums.map { $0 / total }
    }
  }
}
