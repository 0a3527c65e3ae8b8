import JSON

extension MessageTree {
  /// The names under which a message's parts stand in JSON.
  public struct Fields: Sendable {
    /// The field that holds the message's text.
    public var text: String
    /// The field that holds the message's name, a string or a number.
    public var id: String

    public init(text: String = "text", id: String = "id") {
      self.text = text
      self.id = id
    }
  }

  /// The scanner's options. A reply takes two levels of nesting, so this allows a million replies deep.
  static let jsonOptions = JSONOptions(loneSurrogates: .replace, maximumDepth: 2_000_000)

  /// Reads `{"text": …, "replies": [ … ]}`; `context` and the id are optional, other members are
  /// passed over. Lone surrogates become U+FFFD.
  public init(parsing bytes: [UInt8], fields: Fields = Fields()) throws(ModerationError) {
    let trees = try Self.trees(parsing: bytes, fields: fields)
    guard trees.count == 1, let tree = trees.first else {
      throw .invalidTree("\(trees.count) comments where one is expected")
    }
    self = tree
  }

  /// Reads one tree, or an array of trees.
  public static func trees(parsing bytes: [UInt8], fields: Fields = Fields())
    throws(ModerationError) -> [MessageTree]
  {
    do {
      var scanner = JSONScanner(bytes, options: jsonOptions)
      var trees: [MessageTree] = []
      if try scanner.peek() == .array {
        try scanner.beginArray()
        while try scanner.nextElement() { trees.append(try tree(&scanner, fields)) }
      } else {
        trees = [try tree(&scanner, fields)]
      }
      try scanner.end()
      return trees
    } catch let error as JSONError {
      throw .invalidTree(error.description)
    } catch let error as ModerationError {
      throw error
    } catch {
      throw .invalidTree(String(describing: error))
    }
  }

  private enum Frame {
    case message(index: Int)
    case replies(depth: Int)
  }

  private static func tree(_ scanner: inout JSONScanner, _ fields: Fields) throws -> MessageTree {
    var nodes: [Node] = []
    var hasText: [Bool] = []
    var stack: [Frame] = []
    func open(depth: Int) {
      stack.append(.message(index: nodes.count))
      nodes.append(Node(message: Message(""), id: nil, depth: depth))
      hasText.append(false)
    }
    try scanner.beginObject()
    open(depth: 0)
    while let frame = stack.last {
      switch frame {
      case .replies(let depth):
        if try scanner.nextElement() {
          try scanner.beginObject()
          open(depth: depth)
        } else {
          stack.removeLast()
        }
      case .message(let index):
        guard let key = try scanner.nextKey() else {
          guard hasText[index] else {
            let place = scanner.location(scanner.position)
            throw ModerationError.invalidTree("\(place): the message has no \"\(fields.text)\"")
          }
          stack.removeLast()
          continue
        }
        switch scanner.string(key) {
        case fields.text:
          nodes[index].message.text = try scanner.string()
          hasText[index] = true
        case "context":
          nodes[index].message.context = try context(&scanner)
        case fields.id where [.string, .number].contains(try scanner.peek()):
          nodes[index].id = try scanner.value()
        case "replies" where try !scanner.null():
          try scanner.beginArray()
          stack.append(.replies(depth: nodes[index].depth + 1))
        case "replies":
          break
        default:
          try skip(&scanner)
        }
      }
    }
    return MessageTree(nodes: nodes)
  }

  /// `["adult", "message"]`, `"adult,message"` or null.
  private static func context(_ scanner: inout JSONScanner) throws(JSONError) -> [String] {
    if try scanner.null() { return [] }
    if try scanner.peek() == .string { return contextValues(try scanner.string()) }
    var values: [String] = []
    try scanner.beginArray()
    while try scanner.nextElement() { values.append(try scanner.string()) }
    return values
  }

  /// The values of a comma-separated context, white space trimmed.
  package static func contextValues(_ text: String) -> [String] {
    text.split(separator: ",").compactMap { part in
      var part = part
      while part.first?.isWhitespace == true { part.removeFirst() }
      while part.last?.isWhitespace == true { part.removeLast() }
      return part.isEmpty ? nil : String(part)
    }
  }

  /// Passes over a value without recursion, however deep it is.
  private static func skip(_ scanner: inout JSONScanner) throws(JSONError) {
    var isObject: [Bool] = []
    func value() throws(JSONError) {
      switch try scanner.peek() {
      case .object:
        try scanner.beginObject()
        isObject.append(true)
      case .array:
        try scanner.beginArray()
        isObject.append(false)
      default: try scanner.skip()
      }
    }
    try value()
    while let inObject = isObject.last {
      if try inObject ? scanner.nextKey() != nil : scanner.nextElement() {
        try value()
      } else {
        isObject.removeLast()
      }
    }
  }
}
