/// The members of an object, in the order of the text. Keys are compared byte by byte, without
/// Unicode normalisation.
public struct JSONObject: Sendable, Equatable {
  public private(set) var keys: [String] = []
  public private(set) var values: [JSONValue] = []
  /// From 16 members on: where each key is.
  private var positions: [ByteKey: Int] = [:]

  public init() {}

  public var count: Int { keys.count }
  public var isEmpty: Bool { keys.isEmpty }

  /// The member of that name. Setting appends or replaces; setting nil removes.
  public subscript(_ key: String) -> JSONValue? {
    get { index(of: key).map { values[$0] } }
    set {
      switch (index(of: key), newValue) {
      case (let index?, let value?): values[index] = value
      case (let index?, nil):
        keys.remove(at: index)
        values.remove(at: index)
        positions = [:]
        if keys.count > 16 { indexKeys() }
      case (nil, let value?): append(key, value)
      case (nil, nil): break
      }
    }
  }

  public static func == (left: JSONObject, right: JSONObject) -> Bool {
    left.count == right.count && left.keys.allSatisfy { left[$0] == right[$0] }
  }

  /// The key must not be there yet.
  mutating func append(_ key: String, _ value: JSONValue) {
    keys.append(key)
    values.append(value)
    if keys.count == 17 {
      indexKeys()
    } else if keys.count > 17 {
      positions[ByteKey(text: key)] = keys.count - 1
    }
  }

  private mutating func indexKeys() {
    for (index, key) in keys.enumerated() { positions[ByteKey(text: key)] = index }
  }

  private func index(of key: String) -> Int? {
    if keys.count > 16 { return positions[ByteKey(text: key)] }
    return keys.firstIndex { $0.utf8.elementsEqual(key.utf8) }
  }
}

extension JSONObject: Sequence {
  public func makeIterator() -> Zip2Sequence<[String], [JSONValue]>.Iterator {
    zip(keys, values).makeIterator()
  }
}
