/// Extended grapheme clusters, as far as they matter here.
///
/// The reference library treats a cluster of fewer than six bytes as a whole and a longer one
/// scalar by scalar. Scalars that only join into clusters of six bytes or more, as Hangul jamo,
/// flags and Indic conjuncts do, may therefore as well be apart.
enum Graphemes {
  /// The end of the cluster that begins at `start`.
  static func end(
    _ bytes: borrowing Span<UInt8>, _ start: Int, _ limit: Int, _ table: ScalarTable
  ) -> Int {
    var (scalar, length) = UTF8Scalars.read(bytes, start)
    var index = start + length
    var flags = table[scalar]
    // Extended_Pictographic Extend* is before `index`; then also ZWJ.
    var followsPictograph = flags.contains(.pictograph)
    var joinsPictograph = false
    while index < limit {
      let before = scalar
      let beforeFlags = flags
      (scalar, length) = UTF8Scalars.read(bytes, index)
      flags = table[scalar]
      if beforeFlags.contains(.control) || flags.contains(.control) {
        guard before == 0x0D, scalar == 0x0A else { return index }
        return index + length
      }
      if flags.contains(.extends) {
        joinsPictograph = followsPictograph && scalar == 0x200D
      } else if beforeFlags.contains(.prepends)
        || (joinsPictograph && flags.contains(.pictograph))
      {
        followsPictograph = flags.contains(.pictograph)
        joinsPictograph = false
      } else {
        return index
      }
      index += length
    }
    return index
  }
}
