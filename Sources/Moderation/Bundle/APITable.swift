import JSON

/// The names under which a bundle's labels stand in another service's API, such as `TOXICITY` in
/// Perspective's.
public struct APITable: Sendable, Equatable {
  /// One name of that API.
  public struct Entry: Sendable, Equatable {
    public var name: String
    /// The labels whose highest score is the score of the name.
    public var labels: [String]
    /// The map from that score to the other service's scale.
    public var calibration: Calibration?

    public init(name: String, labels: [String], calibration: Calibration? = nil) {
      self.name = name
      self.labels = labels
      self.calibration = calibration
    }
  }

  /// The API: `perspective`, `openai`, `mistral` or `azure`.
  public var api: String
  public var entries: [Entry]

  public init(api: String, entries: [Entry]) {
    self.api = api
    self.entries = entries
  }
}

extension APITable.Entry {
  /// The score that the name has in a verdict, in 0…1. NaN where a label's score is no number.
  public func score(in verdict: Verdict) -> Double {
    var score = 0.0
    for label in labels {
      let own = Double(verdict[label]?.score ?? .nan)
      score = own.isNaN || score.isNaN ? .nan : max(score, own)
    }
    return calibration.map { $0(score) } ?? score
  }

  /// Whether one of the labels fires in a verdict.
  public func isFlagged(in verdict: Verdict) -> Bool {
    labels.contains { verdict[$0]?.isFlagged == true }
  }
}

extension APITable {
  init(api: String, _ reader: BundleReader, labels: [String]) throws(ModerationError) {
    self.init(api: api, entries: [])
    try reader.requireFew(reader.object.count, api)
    for name in reader.object.keys {
      let entry = try reader.reader(name)
      let read = try entry.strings("labels")
      try entry.requireFew(read.count, "labels")
      guard !read.isEmpty else { throw entry.invalid("labels", "must not be empty") }
      for label in read where !labels.contains(label) {
        throw entry.invalid("labels", "names \"\(label)\", which is no label of the bundle")
      }
      let calibration = try entry.optionalReader("calibration").map {
        reader throws(ModerationError) in try Calibration(reader)
      }
      try entry.end()
      entries.append(Entry(name: name, labels: read, calibration: calibration))
    }
    try reader.end()
  }

  var json: JSONValue {
    var object = JSONObject()
    for entry in entries {
      var value = JSONObject()
      value["labels"] = .array(entry.labels.map(JSONValue.string))
      if let calibration = entry.calibration { value["calibration"] = calibration.json }
      object[entry.name] = .object(value)
    }
    return .object(object)
  }
}
