/// The tree for an encoder of any format. A number that is neither an integer nor a finite double is
/// null.
extension JSONValue: Encodable {
  private struct MemberName: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .object(let members):
      var container = encoder.container(keyedBy: MemberName.self)
      for (key, member) in members {
        try container.encode(member, forKey: MemberName(stringValue: key))
      }
    case .array(let elements):
      var container = encoder.unkeyedContainer()
      for element in elements { try container.encode(element) }
    case .null: try encodeNull(to: encoder)
    case .bool(let flag): try flag.encode(to: encoder)
    case .string(let text): try text.encode(to: encoder)
    case .number(let number):
      if let integer = Int(number.text) {
        try integer.encode(to: encoder)
      } else if number.double.isFinite {
        try number.double.encode(to: encoder)
      } else {
        try encodeNull(to: encoder)
      }
    }
  }

  private func encodeNull(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encodeNil()
  }
}
