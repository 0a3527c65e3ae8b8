/// The tokens of one message, special ones included.
public struct TokenSequence: Sendable, Equatable, ExpressibleByArrayLiteral {
  public let ids: [Int32]
  /// Segment of each token (0 or 1 of a pair); nil where all are 0.
  public let typeIDs: [Int32]?
  /// Tokens of a prompt at the front, which some poolings leave out.
  public let promptCount: Int

  /// - Parameter typeIDs: nil, or as many as `ids`.
  public init(_ ids: [Int32], typeIDs: [Int32]? = nil, promptCount: Int = 0) {
    precondition(typeIDs.map { $0.count == ids.count } ?? true)
    self.ids = ids
    self.typeIDs = typeIDs
    self.promptCount = promptCount
  }

  public init(arrayLiteral ids: Int32...) { self.init(ids) }
}
