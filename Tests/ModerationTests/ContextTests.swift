import Testing

@testable import Moderation

@Suite struct ContextTests {
  let prefixes = ContextPrefixes(dimensions: [
    .init(name: "audience", values: ["GENERAL", "ADULT"]),
    .init(name: "kind", values: ["BIO", "MESSAGE", "LISTING", "REVIEW", "GENERAL"]),
  ])

  @Test(arguments: [
    ([], ""), (["adult", "message"], "[ADULT][MESSAGE] "),
    (["message", "adult"], "[ADULT][MESSAGE] "),
    (["Bio"], "[BIO] "), (["general"], "[GENERAL] "),
    (["general", "general"], "[GENERAL][GENERAL] "),
    (["adult", "general"], "[ADULT][GENERAL] "),
  ])
  func `Each value goes to the first free dimension that allows it`(
    context: [String], prefix: String
  ) throws {
    #expect(try prefixes.prefix(for: context) == prefix)
  }

  @Test func `A value that nothing allows is an error that lists what is left`() {
    #expect(
      throws: ModerationError.unknownContext(
        "mesage", allowed: ["kind: BIO, MESSAGE, LISTING, REVIEW, GENERAL"])
    ) { try prefixes.prefix(for: ["adult", "mesage"]) }
    #expect(throws: ModerationError.unknownContext("adult", allowed: [])) {
      try prefixes.prefix(for: ["adult", "bio", "adult"])
    }
  }

  @Test func `Defaults fill what is not given`() throws {
    let prefixes = ContextPrefixes(
      template: "<{}>{", separator: "",
      dimensions: [.init(name: "audience", values: ["GENERAL", "ADULT"], fallback: "GENERAL")])
    #expect(try prefixes.prefix(for: []) == "<GENERAL>{")
    #expect(try prefixes.prefix(for: ["ADULT"]) == "<ADULT>{")
  }

  @Test func `The model sees prompt, prefixes and text; a bundle without prefixes takes none`()
    throws
  {
    var bundle = ModerationBundle.directions
    var moderator = try Moderator(bundle: bundle, classifier: FakeClassifier.directions)
    #expect(throws: ModerationError.contextNotSupported(bundle: "directions")) {
      try moderator.moderate("text", context: ["adult"])
    }
    bundle.context = prefixes
    bundle.model.prompt = "query: "
    moderator = try Moderator(bundle: bundle, classifier: FakeClassifier.directions)
    let message = Message("text", context: ["adult"])
    #expect(try moderator.bundle.modelText(of: message).joined == "query: [ADULT] text")
    let verdict = try moderator.moderate("text", context: ["adult"])
    #expect(verdict.text == "text")
    #expect(verdict.context == ["adult"])
  }

  @Test func `Messages without a context of their own are judged in the default one`() throws {
    var bundle = ModerationBundle.directions
    bundle.context = prefixes
    let moderator = try Moderator(
      bundle: bundle, classifier: FakeClassifier.directions, defaultContext: ["bio"])
    let verdicts = try moderator.moderate([Message("a"), Message("b", context: ["adult"])])
    #expect(verdicts.map(\.context) == [["bio"], ["adult"]])
  }
}
