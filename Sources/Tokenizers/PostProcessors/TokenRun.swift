/// Tokens with what post-processors need to know of them.
struct TokenRun {
  var ids: [Int32] = []
  var typeIDs: [Int32] = []
  var offsets: [Range<Int>] = []
  var sequences: [Int?] = []
  var special: [Int32] = []
  /// How many spaces each token begins and ends with; only where offsets are to be trimmed.
  var spaces: [(leading: Int, trailing: Int)] = []

  var count: Int { ids.count }

  init() {}

  /// A run of added tokens.
  init(added ids: [Int32], typeID: Int32) {
    self.ids = ids
    typeIDs = Array(repeating: typeID, count: ids.count)
    offsets = Array(repeating: 0..<0, count: ids.count)
    sequences = Array(repeating: nil, count: ids.count)
    special = Array(repeating: 1, count: ids.count)
    spaces = Array(repeating: (0, 0), count: ids.count)
  }

  mutating func append(_ other: TokenRun) {
    ids += other.ids
    typeIDs += other.typeIDs
    offsets += other.offsets
    sequences += other.sequences
    special += other.special
    spaces += other.spaces
  }

  subscript(_ range: Range<Int>) -> TokenRun {
    var run = TokenRun()
    run.ids = Array(ids[range])
    run.typeIDs = Array(typeIDs[range])
    run.offsets = Array(offsets[range])
    run.sequences = Array(sequences[range])
    run.special = Array(special[range])
    if !spaces.isEmpty { run.spaces = Array(spaces[range]) }
    return run
  }

  mutating func setTypeID(_ typeID: Int32) {
    for index in typeIDs.indices { typeIDs[index] = typeID }
  }
}
