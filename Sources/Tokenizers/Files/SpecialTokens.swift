extension Tokenizer {
  /// Finds the special tokens by the names that a configuration gives them, else by those that are
  /// customary, else by their place in the post-processor's template.
  mutating func findSpecialTokens(_ names: [String: String]) {
    func find(_ role: String, _ customary: String...) -> Int32? {
      if let name = names[role] { return id(of: name) }
      for name in customary {
        if let id = id(of: name) { return id }
      }
      return nil
    }
    let ends = postProcessor?.ends
    classificationID =
      names["cls_token"].flatMap { id(of: $0) } ?? ends?.first ?? find("cls_token", "[CLS]", "<s>")
    separatorID =
      names["sep_token"].flatMap { id(of: $0) } ?? ends?.last ?? find("sep_token", "[SEP]", "</s>")
    paddingID = find("pad_token", "[PAD]", "<pad>")
    unknownID = names["unk_token"].flatMap { id(of: $0) } ?? model.unknownID
    maskID = find("mask_token", "[MASK]", "<mask>")
  }
}

extension PostProcessor {
  /// The tokens before and after a single text.
  fileprivate var ends: (first: Int32?, last: Int32?)? {
    switch self {
    case .bert(let separator, let classification), .roberta(let separator, let classification, _):
      return (classification, separator)
    case .template(let template):
      var ends: (first: Int32?, last: Int32?) = (nil, nil)
      if case .special(let ids, _)? = template.single.first { ends.first = ids.first }
      if case .special(let ids, _)? = template.single.last { ends.last = ids.last }
      return ends
    case .sequence(let steps): return steps.lazy.compactMap(\.ends).first
    case .byteLevel: return nil
    }
  }
}

extension Model {
  /// The token for what is not in the vocabulary.
  var unknownID: Int32? {
    switch self {
    case .wordPiece(let model): model.unknown
    case .wordLevel(let model): model.unknown
    case .unigram(let model): model.unknown
    case .bytePair(let model): model.unknown
    }
  }
}
