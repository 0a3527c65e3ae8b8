import JSON

extension PostProcessor {
  init(_ component: ComponentReader) throws(TokenizerError) {
    let name = try component.string("type")
    switch name {
    case "TemplateProcessing": self = .template(try Template(component))
    case "BertProcessing":
      self = .bert(
        separator: try component.tokenID("sep"), classification: try component.tokenID("cls"))
    case "RobertaProcessing":
      self = .roberta(
        separator: try component.tokenID("sep"), classification: try component.tokenID("cls"),
        trims: try component.trim())
    case "ByteLevel":
      self = .byteLevel(trims: try component.trim())
    case "Sequence":
      var steps: [PostProcessor] = []
      for step in try component.components("processors") {
        steps.append(try PostProcessor(step))
      }
      self = .sequence(steps)
    default: throw .unknownComponent(kind: component.path, name: name)
    }
  }
}

extension ComponentReader {
  /// The id of `["[SEP]", 102]`.
  fileprivate func tokenID(_ key: String) throws(TokenizerError) -> Int32 {
    try id(value[key]?[1], key + "[1]")
  }

  fileprivate func trim() throws(TokenizerError) -> PostProcessor.OffsetTrim? {
    guard try bool("trim_offsets") else { return nil }
    return PostProcessor.OffsetTrim(hasPrefixSpace: try bool("add_prefix_space"))
  }
}

extension Template {
  init(_ component: ComponentReader) throws(TokenizerError) {
    let tokens = try component.component("special_tokens")
    single = try Template.parts(component, "single", tokens)
    pair = try Template.parts(component, "pair", tokens)
  }

  private static func parts(
    _ component: ComponentReader, _ key: String, _ tokens: ComponentReader
  ) throws(TokenizerError) -> [Part] {
    var parts: [Part] = []
    var texts: Set<String> = []
    for piece in try component.components(key) {
      try piece.allow("Sequence", "SpecialToken")
      if piece.value["Sequence"] != nil {
        let sequence = try piece.component("Sequence")
        let name = try sequence.string("id")
        guard name == "A" || name == "B" else {
          throw .invalid(path: sequence.path + ".id", reason: "unknown sequence \"\(name)\"")
        }
        guard name == "A" || key == "pair" else {
          throw .invalid(path: sequence.path + ".id", reason: "there is no second text")
        }
        guard texts.insert(name).inserted else {
          throw .invalid(path: sequence.path + ".id", reason: "the text \(name) is there twice")
        }
        let typeID = try sequence.id(sequence.value["type_id"], "type_id")
        parts.append(.sequence(name == "A" ? 0 : 1, typeID: typeID))
      } else {
        let special = try piece.component("SpecialToken")
        let token = try tokens.component(special.string("id"))
        var ids: [Int32] = []
        for value in try token.array("ids") { ids.append(try token.id(value, "ids")) }
        let typeID = try special.id(special.value["type_id"], "type_id")
        parts.append(.special(ids, typeID: typeID))
      }
    }
    return parts
  }
}
