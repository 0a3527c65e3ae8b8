/// The character under a letter's marks: `e` for `é`.
package enum BaseCharacter {
  /// The first scalar of the canonical decomposition.
  package static func of(_ scalar: UInt32) -> UInt32 {
    guard scalar >= 0xC0 else { return scalar }
    var base: UInt32?
    Decomposition.forEach(of: scalar, .canonical) { base = base ?? $0 }
    return base ?? scalar
  }
}
