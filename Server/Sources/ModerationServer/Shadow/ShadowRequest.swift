/// A model that judges along without being heard, and which share of the messages it sees.
public struct ShadowRequest: Sendable, Equatable {
  public var model: ModelRequest
  /// From 0 to 1.
  public var rate: Double

  public init(model: ModelRequest, rate: Double = 1) {
    self.model = model
    self.rate = rate
  }

  /// Reads `SOURCE`, `NAME=SOURCE`, and either with `:RATE` behind it.
  ///
  /// - Throws: ``ServerError/setting(name:reason:)`` for a rate that is not from 0 to 1
  public init(parsing text: String) throws(ServerError) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count > 1, let last = parts.last, let rate = Double(last) else {
      self.init(model: ModelRequest(parsing: text))
      return
    }
    guard (0...1).contains(rate) else {
      throw .setting(name: "shadow", reason: "\(text): the rate is not from 0 to 1")
    }
    self.init(
      model: ModelRequest(parsing: parts.dropLast().joined(separator: ":")), rate: rate)
  }
}
