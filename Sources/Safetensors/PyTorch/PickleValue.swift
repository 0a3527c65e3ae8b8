/// A value that a pickle of tensors builds.
///
/// Lists and dictionaries are numbers of objects in the reader, so that a value holds no other by
/// reference: no nesting in the file becomes nesting in memory, and a cycle is only two numbers.
enum PickleValue: Equatable {
  case none
  case bool(Bool)
  case integer(Int)
  case float(Double)
  case string(String)
  case global(PickleGlobal)
  /// The number of a tuple in ``PickleReader/tuples``.
  case tuple(Int)
  /// The number of a list in ``PickleReader/lists``.
  case list(Int)
  /// The number of a dictionary in ``PickleReader/dictionaries``.
  case dictionary(Int)
  case storage(PickleStorage)
  case tensor(PickleTensor)
}

/// The only Python names that a file of weights may mention. None is imported or called: each stands
/// for what the reader does itself.
enum PickleGlobal: Equatable {
  case orderedDictionary
  case rebuildTensor
  case rebuildParameter
  case storage(ElementType)

  /// nil if a file of weights has no use for the name.
  init?(module: String, name: String) {
    switch (module, name) {
    case ("collections", "OrderedDict"): self = .orderedDictionary
    case ("torch._utils", "_rebuild_tensor_v2"): self = .rebuildTensor
    case ("torch._utils", "_rebuild_parameter"): self = .rebuildParameter
    case ("torch", _):
      guard let type = Self.storageTypes[name] else { return nil }
      self = .storage(type)
    default: return nil
    }
  }

  private static let storageTypes: [String: ElementType] = [
    "DoubleStorage": .float64, "FloatStorage": .float32, "HalfStorage": .float16,
    "BFloat16Storage": .bfloat16, "LongStorage": .int64, "IntStorage": .int32,
    "ShortStorage": .int16, "CharStorage": .int8, "ByteStorage": .uint8, "BoolStorage": .bool,
  ]
}

/// The bytes of one or more tensors: the entry `data/key` of the archive.
struct PickleStorage: Equatable {
  let key: String
  let elementType: ElementType
  /// In elements.
  let count: Int
}

/// A view of a storage.
struct PickleTensor: Equatable {
  let storage: PickleStorage
  /// In elements, of the first one.
  let offset: Int
  let shape: [Int]
  /// In elements, by dimension.
  let strides: [Int]
}

/// What makes a pickle none of tensors, and the byte of it where that is.
struct PickleError: Error, Equatable, CustomStringConvertible {
  let reason: String
  let offset: Int

  var description: String { "\(reason) (at byte \(offset) of the pickle)" }
}
