/// Messages end to end: no padding, no mask.
package struct Batch {
  let ids: [Int32]
  /// nil where every type is 0.
  let typeIDs: [Int32]?
  /// The rows of each message.
  package let messages: [Range<Int>]

  package var tokenCount: Int { ids.count }

  /// - Throws: ``TransformerError`` where a message has no tokens, too many, or an unknown one.
  package init(
    _ messages: ArraySlice<TokenSequence>, for shape: EncoderShape
  ) throws(TransformerError) {
    var ids: [Int32] = []
    var types: [Int32] = []
    var ranges: [Range<Int>] = []
    ids.reserveCapacity(messages.reduce(0) { $0 + $1.ids.count })
    let hasTypes = shape.typeCount > 1 && messages.contains { $0.typeIDs != nil }
    for message in messages {
      guard !message.ids.isEmpty else { throw .noTokens }
      if let maximum = shape.maximumTokens, message.ids.count > maximum {
        throw .tooManyTokens(count: message.ids.count, maximum: maximum)
      }
      for id in message.ids where id < 0 || Int(id) >= shape.vocabularySize {
        throw .tokenOutOfRange(id: id, vocabulary: shape.vocabularySize)
      }
      ranges.append(ids.count..<ids.count + message.ids.count)
      ids.append(contentsOf: message.ids)
      guard hasTypes else { continue }
      for type in message.typeIDs ?? [] where type < 0 || Int(type) >= shape.typeCount {
        throw .tokenOutOfRange(id: type, vocabulary: shape.typeCount)
      }
      types.append(contentsOf: message.typeIDs ?? Array(repeating: 0, count: message.ids.count))
    }
    self.ids = ids
    typeIDs = hasTypes ? types : nil
    self.messages = ranges
  }
}
