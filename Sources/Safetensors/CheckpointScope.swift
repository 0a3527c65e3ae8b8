import Synchronization

/// Reads tensors under a prefix, checks their shapes and types, and remembers which were read.
///
/// ```swift
/// let scope = checkpoint.scope("bert")
/// let query = try scope["encoder.layer"][0]["attention.self.query"]
///   .tensor("weight", shape: [hidden, hidden])
/// …
/// try scope.requireAllConsumed()
/// ```
/// All scopes that come from one ``Checkpoint/scope(_:)`` share the record.
package struct CheckpointScope: Sendable {
  package let checkpoint: Checkpoint
  /// Empty, or ending in a dot.
  package let prefix: String
  private let record: ConsumptionRecord

  init(_ checkpoint: Checkpoint, prefix: String, record: ConsumptionRecord) {
    self.checkpoint = checkpoint
    self.prefix = prefix.isEmpty || prefix.hasSuffix(".") ? prefix : prefix + "."
    self.record = record
  }

  /// The scope one or more levels down: `scope["encoder.layer"]`.
  package subscript(_ name: String) -> CheckpointScope {
    CheckpointScope(checkpoint, prefix: prefix + name, record: record)
  }

  /// The scope of one of a list of layers: `scope["layer"][3]`.
  package subscript(_ index: Int) -> CheckpointScope { self[String(index)] }

  /// The full name of a tensor in this scope.
  package func path(_ name: String) -> String { prefix + name }

  package func contains(_ name: String) -> Bool { checkpoint.contains(path(name)) }

  /// Whether somebody has read the tensor.
  package func isConsumed(_ name: String) -> Bool { record.contains(path(name)) }

  /// The tensor, whatever its shape.
  package func tensor(_ name: String) throws(SafetensorsError) -> StoredTensor {
    let tensor = try checkpoint.tensor(named: path(name))
    record.insert(tensor.name)
    return tensor
  }

  /// The tensor; an error that names its full path unless it has this shape, and one of these types
  /// if any are given.
  package func tensor(
    _ name: String, shape: [Int], types: Set<ElementType> = []
  ) throws(SafetensorsError) -> StoredTensor {
    let tensor = try tensor(name)
    guard tensor.shape == shape else {
      throw .shapeMismatch(tensor: tensor.name, expected: shape, found: tensor.shape)
    }
    guard types.isEmpty || types.contains(tensor.elementType) else {
      throw .typeMismatch(
        tensor: tensor.name,
        expected: types.map(\.rawValue).sorted().joined(separator: " or "),
        found: tensor.elementType)
    }
    return tensor
  }

  /// The elements of the tensor as float32.
  package func floats(_ name: String, shape: [Int]) throws(SafetensorsError) -> [Float] {
    try tensor(name, shape: shape).floats()
  }

  /// The elements of the tensor as float64.
  package func doubles(_ name: String, shape: [Int]) throws(SafetensorsError) -> [Double] {
    try tensor(name, shape: shape).doubles()
  }

  /// Marks a tensor as known though nobody reads it, such as a stored buffer.
  package func ignore(_ name: String) { record.insert(path(name)) }

  /// The tensors under this prefix that nobody has read, by their full names.
  package var unconsumed: [String] {
    let consumed = record.names
    return checkpoint.names.filter {
      $0.utf8.starts(with: prefix.utf8) && !consumed.contains($0)
    }
  }

  /// An error that names the tensors under this prefix that nobody has read, if there are any which
  /// `isExpected` does not excuse.
  package func requireAllConsumed(
    except isExpected: (String) -> Bool = { _ in false }
  ) throws(SafetensorsError) {
    let left = unconsumed.filter { !isExpected($0) }
    guard left.isEmpty else { throw .unconsumed(tensors: left, file: checkpoint.path) }
  }
}

extension Checkpoint {
  /// A reader with a record of its own.
  package func scope(_ prefix: String = "") -> CheckpointScope {
    CheckpointScope(self, prefix: prefix, record: ConsumptionRecord())
  }

  /// The reader under whose prefix `name` is found: checkpoints of one architecture come with
  /// prefixes (`bert.`, `roberta.`) or none. nil if no tensor has the name, or several do.
  package func scope(locating name: String) -> CheckpointScope? {
    if contains(name) { return scope() }
    let found = names.filter { $0.hasSuffix("." + name) }
    guard found.count == 1 else { return nil }
    return scope(String(found[0].dropLast(name.count)))
  }
}

/// The names of the tensors that were read.
final class ConsumptionRecord: Sendable {
  private let consumed = Mutex<Set<String>>([])

  var names: Set<String> { consumed.withLock { $0 } }

  func contains(_ name: String) -> Bool { consumed.withLock { $0.contains(name) } }

  func insert(_ name: String) { consumed.withLock { _ = $0.insert(name) } }
}
