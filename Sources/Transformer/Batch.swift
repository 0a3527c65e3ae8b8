/// Messages end to end: no padding, no mask.
struct Batch {
  let ids: [Int32]
  /// nil where every type is 0.
  let typeIDs: [Int32]?
  /// Row of the table of positions for each token.
  let positions: [Int]
  /// The rows of each message.
  let messages: [Range<Int>]

  var tokenCount: Int { ids.count }

  /// - Throws: ``TransformerError`` where a message has no tokens, too many, or an unknown one.
  init(
    _ messages: ArraySlice<TokenSequence>, _ configuration: EncoderConfiguration
  ) throws(TransformerError) {
    var ids: [Int32] = []
    var types: [Int32] = []
    var positions: [Int] = []
    var ranges: [Range<Int>] = []
    let count = messages.reduce(0) { $0 + $1.ids.count }
    ids.reserveCapacity(count)
    positions.reserveCapacity(count)
    let hasTypes = configuration.typeCount > 1 && messages.contains { $0.typeIDs != nil }
    for message in messages {
      guard !message.ids.isEmpty else { throw .noTokens }
      if let maximum = configuration.maximumTokens, message.ids.count > maximum {
        throw .tooManyTokens(count: message.ids.count, maximum: maximum)
      }
      for id in message.ids where id < 0 || Int(id) >= configuration.vocabularySize {
        throw .tokenOutOfRange(id: id, vocabulary: configuration.vocabularySize)
      }
      ranges.append(ids.count..<ids.count + message.ids.count)
      ids.append(contentsOf: message.ids)
      if hasTypes {
        for type in message.typeIDs ?? [] where type < 0 || Int(type) >= configuration.typeCount {
          throw .tokenOutOfRange(id: type, vocabulary: configuration.typeCount)
        }
        types.append(
          contentsOf: message.typeIDs ?? Array(repeating: 0, count: message.ids.count))
      }
      switch configuration.family {
      case .bert, .debertaV2: positions.append(contentsOf: 0..<message.ids.count)
      case .roberta, .mpnet:
        // Counted from the padding's row on, over what is not padding, as transformers does.
        var position = Int(configuration.paddingID)
        for id in message.ids {
          if id == configuration.paddingID {
            positions.append(Int(configuration.paddingID))
          } else {
            position += 1
            positions.append(position)
          }
        }
      }
    }
    self.ids = ids
    typeIDs = hasTypes ? types : nil
    self.positions = positions
    self.messages = ranges
  }
}

/// The tokens of one message, special ones included.
public struct TokenSequence: Sendable, Equatable, ExpressibleByArrayLiteral {
  public let ids: [Int32]
  /// Segment of each token (0 or 1 of a pair); nil where all are 0.
  public let typeIDs: [Int32]?

  /// - Parameter typeIDs: nil, or as many as `ids`.
  public init(_ ids: [Int32], typeIDs: [Int32]? = nil) {
    precondition(typeIDs.map { $0.count == ids.count } ?? true)
    self.ids = ids
    self.typeIDs = typeIDs
  }

  public init(arrayLiteral ids: Int32...) { self.init(ids) }
}
