public import FoundationEssentials
extension Tokenizer {
  public init(contentsOf folder: URL) throws(TokenizerError) { try self.init(json: folder.appending(path: "tokenizer.json")) }
}
