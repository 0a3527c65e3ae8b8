/// The recall of each label on messages in one disguise at one strength.
public struct DisguiseResult: Sendable, Hashable, Codable {
  public let disguise: Disguise
  /// 1…3.
  public let strength: Int
  public let labels: [Label]

  /// Over the rows that are positive for a label.
  public struct Label: Sendable, Hashable, Codable {
    public let name: String
    public let positives: Int
    /// Of them, those found in their plain spelling.
    public let foundPlain: Int
    /// Of them, those found in disguise.
    public let foundDisguised: Int

    public init(name: String, positives: Int, foundPlain: Int, foundDisguised: Int) {
      self.name = name
      self.positives = positives
      self.foundPlain = foundPlain
      self.foundDisguised = foundDisguised
    }

    public var plainRecall: Double { ratio(foundPlain, positives) }
    public var disguisedRecall: Double { ratio(foundDisguised, positives) }
    /// The share of the plain spelling's recall that is left.
    public var kept: Double { ratio(foundDisguised, foundPlain) }
  }

  public init(disguise: Disguise, strength: Int, labels: [Label]) {
    self.disguise = disguise
    self.strength = strength
    self.labels = labels
  }
}
