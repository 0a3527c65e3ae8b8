import JSON
internal import RealModule

/// The shape of a network, from `config.json`, key `network`.
struct NetworkConfiguration: Sendable {
  /// Functions that a layer may end in. `hard_sigmoid` is Keras 3's, relu6(x + 3) / 6; Keras 2's is
  /// clip(x / 5 + 1/2, 0, 1).
  enum Function: String, CaseIterable, Sendable {
    case linear, relu, tanh, sigmoid
    case hardSigmoid = "hard_sigmoid"
    case hardSigmoidKeras2 = "hard_sigmoid_keras2"
  }

  enum Padding: String, CaseIterable, Sendable {
    case same, valid, causal
  }

  enum Side: String, CaseIterable, Sendable {
    case before = "pre"
    case after = "post"
  }

  enum Output: String, CaseIterable, Sendable {
    case sigmoid, softmax, linear
  }

  /// How a sequence of ids is brought to length. Without a length it stays as it is.
  struct Sequence: Sendable {
    let length: Int?
    let padding: Side
    let truncating: Side
    /// Whether id 0 is no input: for the maximum over characters, for the recurrence over words.
    let isMasked: Bool

    /// Characters or words that are read of a text.
    static let mostInputs = 100_000

    init(_ configuration: ConfigurationReader) throws(RecurrentError) {
      length = try configuration.optionalInt("length", in: 1...Self.mostInputs)
      padding = try configuration.optionalChoice("padding") ?? .after
      truncating = try configuration.optionalChoice("truncating") ?? .after
      isMasked = try configuration.optionalBool("masked") ?? true
    }

    func callAsFunction<Element>(_ ids: [Element], filling zero: Element) -> [Element] {
      guard let length else { return ids }
      if ids.count >= length {
        return Array(truncating == .after ? ids.prefix(length) : ids.suffix(length))
      }
      let zeros = [Element](repeating: zero, count: length - ids.count)
      return padding == .after ? ids + zeros : zeros + ids
    }
  }

  struct Convolution: Sendable {
    let width, filters: Int
    let padding: Padding
    let activation: Function
  }

  struct Dense: Sendable {
    let units: Int
    let activation: Function
  }

  let labels: [String]
  let characters: Sequence
  let characterCount, characterSize: Int
  let convolutions: [Convolution]
  let words: Sequence
  let wordCount, wordSize: Int
  let subwordBuckets: Int?
  let units: Int
  let activation, recurrentActivation: Function
  let attentionUnits: Int
  /// Whether attention leaves out masked words.
  let attentionIsMasked: Bool
  let dense: [Dense]
  let output: Output

  /// The sizes a network may have: far beyond any use, small enough that no product overflows.
  private static let sizes = 1...65_536
  private static let counts = 1...10_000_000
  /// Numbers that ``CharacterConvolution`` may hold: a gigabyte of them.
  private static let largestTable = 1 << 28
  /// Numbers that the words of one text may make in the recurrence: 256 MB of them.
  private static let largestStates = 1 << 26
  /// Numbers of a table that the spelling of one text may add up: some seconds of work.
  private static let mostSums = 1 << 34

  init(_ root: ConfigurationReader) throws(RecurrentError) {
    labels = try root.strings("labels")
    guard !labels.isEmpty else {
      throw root.invalid("labels", "is empty")
    }
    let network = try root.reader("network")

    let spelling = try network.reader("characters")
    characters = try Sequence(spelling)
    characterCount = try spelling.int("count", in: Self.counts)
    characterSize = try spelling.int("size", in: Self.sizes)
    var convolutions: [Convolution] = []
    for object in try spelling.optionalReaders("convolutions") ?? [] {
      let convolution = Convolution(
        width: try object.int("width", in: 1...1024),
        filters: try object.int("filters", in: Self.sizes),
        padding: try object.optionalChoice("padding") ?? .same,
        activation: try object.optionalChoice("activation") ?? .relu)
      if convolution.padding == .valid, characters.isMasked {
        throw object.invalid(
          "padding",
          "is valid, which leaves no place for the mask; use same, or masked: false")
      }
      let (taps, overflow) = (convolution.filters + 15)
        .multipliedReportingOverflow(by: convolution.width * characterCount)
      guard !overflow, taps <= Self.largestTable else {
        throw object.invalid(
          "filters",
          "makes a table of more than \(Self.largestTable) numbers with characters × width")
      }
      try object.end()
      convolutions.append(convolution)
    }
    self.convolutions = convolutions
    try spelling.end()

    let reading = try network.reader("words")
    words = try Sequence(reading)
    wordCount = try reading.int("count", in: Self.counts)
    wordSize = try reading.int("size", in: Self.sizes)
    subwordBuckets = try reading.optionalInt("subwordBuckets", in: Self.counts)
    units = try reading.int("units", in: Self.sizes)
    activation = try reading.optionalChoice("activation") ?? .tanh
    recurrentActivation = try reading.optionalChoice("recurrentActivation") ?? .sigmoid
    let attention = try reading.reader("attention")
    attentionUnits = try attention.int("units", in: Self.sizes)
    attentionIsMasked = try attention.optionalBool("masked") ?? true
    try attention.end()
    try reading.end()

    var dense: [Dense] = []
    for object in try network.optionalReaders("dense") ?? [] {
      dense.append(
        Dense(
          units: try object.int("units", in: Self.sizes),
          activation: try object.optionalChoice("activation") ?? .relu))
      try object.end()
    }
    self.dense = dense
    output = try network.optionalChoice("output") ?? .sigmoid
    try network.end()
  }

  /// Refuses lengths that ask for more memory or time for one text than anybody would give it.
  ///
  /// - Parameters:
  ///   - text: the most characters and words that the preparation of texts gives; nil where there is none
  func checkLengths(
    _ root: ConfigurationReader, text: (characters: Int, words: Int)?
  ) throws(RecurrentError) {
    if let count = words.length ?? text?.words, count * 8 * units > Self.largestStates {
      throw root.invalid(
        words.length == nil ? "text.maximumWords" : "network.words.length",
        "is \(count), which with \(units) units makes more than \(Self.largestStates) numbers of a text"
      )
    }
    let taps = convolutions.reduce(0) { $0 + $1.width * ($1.filters + 15) }
    if let count = characters.length ?? text?.characters {
      let (sums, overflow) = count.multipliedReportingOverflow(by: taps)
      guard !overflow, sums <= Self.mostSums else {
        throw root.invalid(
          characters.length == nil ? "text.maximumCharacters" : "network.characters.length",
          "is \(count), which makes more than \(Self.mostSums) sums of a text with filters × width")
      }
    }
  }

  /// Features that characters and words contribute together.
  var joinedSize: Int { convolutions.reduce(0) { $0 + $1.filters } + 2 * units }
}

extension NetworkConfiguration.Function {
  /// The definition, at a value.
  func callAsFunction(_ x: Float) -> Float {
    switch self {
    case .linear: x
    case .relu: max(x, 0)
    case .tanh: .tanh(x)
    case .sigmoid: 1 / (1 + Float.exp(-x))
    case .hardSigmoid: min(max(x + 3, 0), 6) / 6
    case .hardSigmoidKeras2: min(max(x * 0.2 + 0.5, 0), 1)
    }
  }
}

extension NetworkConfiguration.Convolution {
  /// Inputs before a window's own place.
  var before: Int {
    switch padding {
    case .same: (width - 1) / 2
    case .valid: 0
    case .causal: width - 1
    }
  }

  /// The first inputs of all windows over `count` inputs; one outside of them counts as zeros.
  func starts(count: Int) -> Range<Int> {
    switch padding {
    case .same, .causal: -before..<(count - before)
    case .valid: 0..<max(0, count - width + 1)
    }
  }
}
