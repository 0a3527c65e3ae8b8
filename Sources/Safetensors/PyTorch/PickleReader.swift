/// Reads the pickle of a file of weights. It runs nothing.
///
/// A pickle is a program for a stack machine, and in Python it may call any function. This machine
/// knows the operations that `torch.save` needs for tensors by name, and four kinds of globals, which
/// it interprets itself; any other operation or global is an error that names it. Each operation adds
/// at most a few values, so memory grows with the file and not with what the file says.
///
/// Source: CPython's `Lib/pickletools.py`, protocols 2 to 5.
struct PickleReader {
  /// The bytes of a pickle that are read: two thousand tensors need 400 kB.
  static let largestPickle = 4 << 20
  /// Dimensions of a tensor, as many as NumPy has: a pickle may use one shape many times, each time a copy.
  static let mostDimensions = 64

  private var reader: LittleEndianReader
  private var stack: [PickleValue] = []
  /// The heights of the stack at which tuples, lists and dictionaries begin.
  private var marks: [Int] = []
  private var memo: [UInt32: PickleValue] = [:]
  private(set) var tuples: [[PickleValue]] = []
  private(set) var lists: [[PickleValue]] = []
  private(set) var dictionaries: [[(key: PickleValue, value: PickleValue)]] = []
  /// Where the operation at hand begins.
  private var start = 0

  init(_ pickle: [UInt8]) { reader = LittleEndianReader(pickle) }

  /// Runs the whole pickle and returns the value that it ends with.
  mutating func read() throws(PickleError) -> PickleValue {
    while true {
      start = reader.position
      guard let code = reader.uint8() else { throw fail("the pickle is cut") }
      if code == UInt8(ascii: ".") {
        guard stack.count == 1, marks.isEmpty else {
          throw fail("the pickle ends with \(stack.count) values")
        }
        guard reader.isAtEnd else { throw fail("bytes follow the end of the pickle") }
        return stack[0]
      }
      guard let operation = Operation(rawValue: code) else {
        let name = Operation.refusedNames[code] ?? "0x" + String(code, radix: 16)
        throw fail("operation \(name) has no place in a file of weights")
      }
      try run(operation)
    }
  }

  private mutating func run(_ operation: Operation) throws(PickleError) {
    switch operation {
    case .protocolVersion:
      let version = try needed(reader.uint8())
      guard (2...5).contains(version) else { throw fail("pickle protocol \(version) is not read") }
    case .frame: _ = try needed(reader.uint64())
    case .mark: marks.append(stack.count)
    case .none: stack.append(.none)
    case .newTrue: stack.append(.bool(true))
    case .newFalse: stack.append(.bool(false))
    case .binaryInteger1: stack.append(.integer(Int(try needed(reader.uint8()))))
    case .binaryInteger2: stack.append(.integer(Int(try needed(reader.uint16()))))
    case .binaryInteger:
      stack.append(.integer(Int(Int32(bitPattern: try needed(reader.uint32())))))
    case .long1: try pushLong()
    case .binaryFloat:
      let bits = try needed(reader.uint64()).byteSwapped
      stack.append(.float(Double(bitPattern: bits)))
    case .binaryUnicode: try pushString(Int(try needed(reader.uint32())))
    case .shortBinaryUnicode: try pushString(Int(try needed(reader.uint8())))
    case .emptyTuple: pushTuple([])
    case .tuple: pushTuple(try popToMark())
    case .tuple1: pushTuple(try pop(1))
    case .tuple2: pushTuple(try pop(2))
    case .tuple3: pushTuple(try pop(3))
    case .emptyList:
      lists.append([])
      stack.append(.list(lists.count - 1))
    case .append: try append(try pop(1))
    case .appends: try append(try popToMark())
    case .emptyDictionary: pushDictionary()
    case .setItem: try setItems(try pop(2))
    case .setItems: try setItems(try popToMark())
    case .binaryPut: memo[UInt32(try needed(reader.uint8()))] = try top()
    case .longBinaryPut: memo[try needed(reader.uint32())] = try top()
    case .memoize: memo[UInt32(memo.count)] = try top()
    case .binaryGet: try recall(UInt32(try needed(reader.uint8())))
    case .longBinaryGet: try recall(try needed(reader.uint32()))
    case .global: try pushGlobal(try needed(reader.line()), try needed(reader.line()))
    case .stackGlobal:
      let names = try pop(2)
      guard case .string(let module) = names[0], case .string(let name) = names[1] else {
        throw fail("a global whose name is no string")
      }
      try pushGlobal(Array(module.utf8), Array(name.utf8))
    case .binaryPersistentID: stack.append(.storage(try storage(of: try pop(1)[0])))
    case .reduce: try reduce()
    case .build:
      // The state of an OrderedDict is `_metadata`, the versions of its modules.
      let target = try pop(2)[0]
      guard case .dictionary = target else {
        throw fail("operation BUILD on a value that is no dictionary")
      }
      stack.append(target)
    }
  }

  // MARK: Values

  private mutating func pushTuple(_ elements: [PickleValue]) {
    tuples.append(elements)
    stack.append(.tuple(tuples.count - 1))
  }

  private mutating func pushDictionary() {
    dictionaries.append([])
    stack.append(.dictionary(dictionaries.count - 1))
  }

  private mutating func pushString(_ length: Int) throws(PickleError) {
    let bytes = try needed(reader.bytes(length))
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw fail("a string that is not UTF-8")
    }
    stack.append(.string(text))
  }

  /// A signed number in little-endian bytes, as many as the first byte says.
  private mutating func pushLong() throws(PickleError) {
    let bytes = try needed(reader.bytes(Int(try needed(reader.uint8()))))
    guard bytes.count <= 8 else { throw fail("a number of \(bytes.count) bytes") }
    var bits: UInt64 = bytes.last ?? 0 >= 0x80 ? .max : 0
    for byte in bytes.reversed() { bits = bits << 8 | UInt64(byte) }
    stack.append(.integer(Int(Int64(bitPattern: bits))))
  }

  private mutating func pushGlobal(_ module: [UInt8], _ name: [UInt8]) throws(PickleError) {
    let module = String(decoding: module, as: UTF8.self)
    let name = String(decoding: name, as: UTF8.self)
    guard let global = PickleGlobal(module: module, name: name) else {
      throw fail("global \(Self.printable("\(module).\(name)")) has no place in a file of weights")
    }
    stack.append(.global(global))
  }

  private mutating func append(_ elements: [PickleValue]) throws(PickleError) {
    guard case .list(let index) = try top() else { throw fail("elements for what is no list") }
    lists[index] += elements
  }

  private mutating func setItems(_ elements: [PickleValue]) throws(PickleError) {
    guard case .dictionary(let index) = try top(), elements.count % 2 == 0 else {
      throw fail("items for a value that is no dictionary, or a key without a value")
    }
    for place in stride(from: 0, to: elements.count, by: 2) {
      dictionaries[index].append((elements[place], elements[place + 1]))
    }
  }

  private mutating func recall(_ number: UInt32) throws(PickleError) {
    guard let value = memo[number] else { throw fail("value \(number) is used before it is kept") }
    stack.append(value)
  }

  // MARK: The stack

  private func top() throws(PickleError) -> PickleValue {
    guard let value = stack.last, stack.count > marks.last ?? 0 else {
      throw fail("an operation on an empty stack")
    }
    return value
  }

  private mutating func pop(_ count: Int) throws(PickleError) -> [PickleValue] {
    guard stack.count - (marks.last ?? 0) >= count else {
      throw fail("an operation on an empty stack")
    }
    defer { stack.removeLast(count) }
    return Array(stack.suffix(count))
  }

  private mutating func popToMark() throws(PickleError) -> [PickleValue] {
    guard let mark = marks.popLast() else { throw fail("an end without a mark") }
    defer { stack.removeLast(stack.count - mark) }
    return Array(stack[mark...])
  }

  private func needed<Value>(_ value: Value?) throws(PickleError) -> Value {
    guard let value else { throw fail("the pickle is cut") }
    return value
  }

  func fail(_ reason: String) -> PickleError { PickleError(reason: reason, offset: start) }

  /// A name from the file as it may stand in an error message.
  private static func printable(_ name: String) -> String {
    let safe = name.unicodeScalars.map { $0.value > 0x20 && $0.value < 0x7F ? Character($0) : "?" }
    return String(safe.prefix(80))
  }

  // MARK: Calls

  private mutating func reduce() throws(PickleError) {
    let call = try pop(2)
    guard case .global(let callee) = call[0], case .tuple(let index) = call[1] else {
      throw fail("a call of a value that is no function")
    }
    let arguments = tuples[index]
    switch callee {
    case .orderedDictionary:
      guard arguments.isEmpty else { throw fail("an OrderedDict with arguments") }
      pushDictionary()
    case .rebuildTensor: stack.append(.tensor(try tensor(arguments)))
    case .rebuildParameter:
      guard let first = arguments.first, case .tensor = first else {
        throw fail("a parameter that is no tensor")
      }
      stack.append(first)
    case .storage: throw fail("a call of a storage class")
    }
  }

  /// `_rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks)`; gradients, hooks and
  /// what newer versions add have no part in the values.
  private func tensor(_ arguments: [PickleValue]) throws(PickleError) -> PickleTensor {
    guard arguments.count >= 4, case .storage(let storage) = arguments[0],
      case .integer(let offset) = arguments[1], case .tuple(let size) = arguments[2],
      case .tuple(let stride) = arguments[3], let shape = integers(tuples[size]),
      let strides = integers(tuples[stride]), shape.count == strides.count
    else { throw fail("a tensor with arguments of the wrong kind") }
    guard shape.count <= Self.mostDimensions else {
      throw fail("a tensor of \(shape.count) dimensions; at most \(Self.mostDimensions) are read")
    }
    return PickleTensor(storage: storage, offset: offset, shape: shape, strides: strides)
  }

  private func integers(_ values: [PickleValue]) -> [Int]? {
    var result: [Int] = []
    for value in values {
      guard case .integer(let number) = value else { return nil }
      result.append(number)
    }
    return result
  }

  /// `("storage", class, key, device, count)`.
  private func storage(of identifier: PickleValue) throws(PickleError) -> PickleStorage {
    guard case .tuple(let index) = identifier, tuples[index].count == 5,
      tuples[index][0] == .string("storage"),
      case .global(.storage(let type)) = tuples[index][1],
      case .string(let key) = tuples[index][2], case .integer(let count) = tuples[index][4],
      count >= 0
    else { throw fail("a persistent identifier that names no storage") }
    return PickleStorage(key: key, elementType: type, count: count)
  }
}
