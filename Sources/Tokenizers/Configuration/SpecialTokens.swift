import JSON

/// The special tokens of a tokenizer by their roles, in the order in which transformers adds them.
struct SpecialTokens: Sendable {
  /// A token as a file or a class names it.
  struct Entry: Sendable {
    var content: String
    /// The token's options; nil where only its content is given, as a string.
    var token: AddedToken?
  }

  private static let standardRoles = [
    "bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token",
  ]

  private var styles: [String: TokenizerClass.Style] = [:]
  /// By role; nil where a file takes the token away that the class has.
  private var roles: [String: Entry] = [:]
  private var additional: [Entry] = []
  /// The roles of `extra_special_tokens`, in the order of the file.
  private var extraRoles: [String] = []
  /// The contents that a file names by a role of its own or as additional ones.
  private var named: Set<[UInt8]> = []
  /// The roles that a file gives as keys of their own, null included.
  private var givenRoles: Set<String> = []
  private var givesAdditional = false

  init() {}

  /// The tokens that the constructor of a class has by default.
  init(_ tokenizerClass: TokenizerClass) {
    for token in tokenizerClass.specialTokens {
      styles[token.role] = token.style
      roles[token.role] = Entry(content: token.content, token: token.style.token(token.content))
    }
    additional = tokenizerClass.additionalTokens.map { Entry(content: $0) }
  }

  /// The content of a role's token.
  func content(of role: String) -> String? { roles[role]?.content }

  /// The contents by role.
  var contents: [String: String] { roles.mapValues(\.content) }

  /// Whether a file names the token as a special one.
  func names(_ content: String) -> Bool { named.contains(Array(content.utf8)) }

  /// The bytes of every special token.
  var allContents: Set<[UInt8]> {
    Set((roles.values.map(\.content) + additional.map(\.content)).map { Array($0.utf8) })
  }

  /// Takes over what a file says; a later file replaces the roles of an earlier one, and adds to the
  /// additional tokens.
  mutating func replace(by component: ComponentReader) throws(TokenizerError) {
    for role in Self.standardRoles {
      guard let value = component.value[role] else { continue }
      givenRoles.insert(role)
      try set(role, value, component.path)
      if let content = roles[role]?.content { named.insert(Array(content.utf8)) }
    }
    if let value = component.value["additional_special_tokens"] {
      try addAdditional(value, "\(component.path).additional_special_tokens")
    }
    for key in ["extra_special_tokens", "model_specific_special_tokens"] {
      guard let value = component.value[key], value != .null else { continue }
      let path = "\(component.path).\(key)"
      switch value {
      case .object(let object):
        for (role, value) in object {
          if !Self.standardRoles.contains(role) { extraRoles.append(role) }
          givenRoles.remove(role)
          try set(role, value, path)
        }
      // transformers 5 writes additional_special_tokens by this name.
      case .array: try addAdditional(value, path)
      default: throw .invalid(path: path, reason: "should be an object or a list")
      }
    }
  }

  private mutating func set(
    _ role: String, _ value: JSONValue, _ path: String
  ) throws(TokenizerError) {
    roles[role] = value == .null ? nil : try Self.entry(value, "\(path).\(role)")
  }

  private mutating func addAdditional(
    _ value: JSONValue, _ path: String
  ) throws(TokenizerError) {
    if !givesAdditional { additional = [] }
    givesAdditional = true
    guard value != .null else { return }
    guard case .array(let values) = value else {
      throw .invalid(path: path, reason: "should be a list")
    }
    for (index, value) in values.enumerated() {
      let entry = try Self.entry(value, "\(path)[\(index)]")
      additional.append(entry)
      named.insert(Array(entry.content.utf8))
    }
  }

  private static func entry(_ value: JSONValue, _ path: String) throws(TokenizerError) -> Entry {
    let token = try AddedToken(configured: value, path, isSpecial: true)
    if case .string = value { return Entry(content: token.content) }
    return Entry(content: token.content, token: token)
  }

  /// Gives the token of a role the options of a style, where only its content is known.
  mutating func setStyle(_ style: TokenizerClass.Style, of role: String) {
    styles[role] = style
    guard let entry = roles[role], entry.token == nil else { return }
    roles[role]?.token = style.token(entry.content)
  }

  /// Gives the padding token of `tokenizer.json` where neither a class nor a file has one.
  mutating func setPadding(_ content: String) {
    guard roles["pad_token"] == nil, !givenRoles.contains("pad_token") else { return }
    roles["pad_token"] = Entry(content: content)
  }

  /// The tokens without repetitions, roles first.
  ///
  /// - Parameter described: listed tokens; a role stands for the one of its name, options included
  func tokens(describedBy described: [AddedToken]) -> [Entry] {
    var seen: Set<[UInt8]> = []
    var result: [Entry] = []
    func append(_ entry: Entry) {
      if seen.insert(Array(entry.content.utf8)).inserted { result.append(entry) }
    }
    for role in Self.standardRoles {
      guard var entry = roles[role] else { continue }
      if givenRoles.contains(role) {
        let bytes = Array(entry.content.utf8)
        if var token = described.last(where: { Array($0.content.utf8) == bytes }) {
          token.isSpecial = true
          entry.token = token
        } else if entry.token == nil {
          entry.token = styles[role]?.token(entry.content)
        }
      }
      append(entry)
    }
    for entry in additional + extraRoles.compactMap({ roles[$0] }) { append(entry) }
    return result
  }
}
