import Testing

@testable import ModerationEvaluation

@Suite("Disguising texts")
struct PerturbationTests {
  static let text = "You are nothing but a worthless Person, @someone https://a.example/worthless"

  @Test(arguments: Disguise.allCases, Perturber.strengths)
  func `every disguise at every strength`(disguise: Disguise, strength: Int) {
    let perturber = Perturber(seed: 3)
    let variant = perturber(Self.text, disguise, strength: strength)
    #expect(variant != Self.text)
    #expect(variant == perturber(Self.text, disguise, strength: strength))
    // Mentions, links and short words stay.
    #expect(variant.hasSuffix(" @someone https://a.example/worthless"))
    #expect(variant.contains(" a "))
    switch disguise {
    case .case: #expect(variant.lowercased() == Self.text.lowercased())
    case .spacing: #expect(variant.filter { $0 != " " } == Self.text.filter { $0 != " " })
    case .zeroWidth:
      let hidden = Set(Disguise.zeroWidthCharacters.flatMap(\.unicodeScalars))
      var visible = String.UnicodeScalarView()
      visible.append(contentsOf: variant.unicodeScalars.filter { !hidden.contains($0) })
      #expect(String(visible) == Self.text)
    case .homoglyphs: #expect(variant.count == Self.text.count)
    default: break
    }
  }

  @Test(arguments: Disguise.allCases)
  func `strength tells how much changes`(disguise: Disguise) {
    let perturber = Perturber(seed: 1)
    let texts = (0..<40).map { "message \($0) these words should look rather different today" }
    let changed = Perturber.strengths.map { strength in
      texts.reduce(0) { sum, text in
        sum + Self.difference(text, perturber(text, disguise, strength: strength))
      }
    }
    #expect(changed[0] > 0)
    #expect(changed[1] > changed[0])
    #expect(changed[2] > changed[1])
  }

  @Test func `another seed gives another variant`() {
    let variants = Set((0..<20).map { Perturber(seed: $0)(Self.text, .typos, strength: 2) })
    #expect(variants.count > 10)
  }

  @Test func `variants are the same on every machine and in every release`() {
    let perturber = Perturber(seed: 7)
    let text = "some harmless words"
    #expect(perturber(text, .leet, strength: 3) == "5om3 #4rm|es5 w0rd5")
    #expect(perturber(text, .punctuation, strength: 1) == "s.ome harmles~s words")
    #expect(perturber(text, .spacing, strength: 3) == "s o m e h a r m les s w o r d s")
  }

  @Test(arguments: ["", " ", "12 34", "@me", "a"])
  func `texts with nothing to disguise stay as they are`(text: String) {
    for (_, _, variant) in Perturber().variants(of: text) { #expect(variant == text) }
  }

  @Test func `combining marks and emoji come through whole`() {
    let text = "cafe\u{301} 👩‍👩‍👧 naı\u{308}ve"
    for (disguise, _, variant) in Perturber(seed: 2).variants(of: text) where disguise != .typos {
      #expect(variant.contains("👩‍👩‍👧"), "\(disguise)")
    }
  }

  /// The characters that one text has and the other has not, at the same place.
  private static func difference(_ a: String, _ b: String) -> Int {
    b.difference(from: a) { $0.unicodeScalars.elementsEqual($1.unicodeScalars) }.count
  }
}
