import JSON
import Testing

@testable import Moderation

@Suite struct TreeTests {
  let thread = """
    {"id": 7, "text": "He's here", "likes": {"a": [1, {"b": null}]}, "replies": [
      {"replies": [{"text": "I'm gone", "replies": []}], "text": "hm", "id": "x"},
      {"text": "They told", "context": "adult, bio", "replies": null}
    ]}
    """

  @Test func `A comment with replies is read parents first, whatever the order of its keys`() throws
  {
    let tree = try MessageTree(parsing: Array(thread.utf8))
    #expect(tree.nodes.map(\.message.text) == ["He's here", "hm", "I'm gone", "They told"])
    #expect(tree.nodes.map(\.depth) == [0, 1, 2, 1])
    #expect(tree.nodes.map(\.id) == [7, "x", nil, nil])
    #expect(tree.nodes[3].message.context == ["adult", "bio"])
  }

  @Test func `Trees come out as trees, each message with its own verdict`() throws {
    let moderator = try Moderator(bundle: .directions, classifier: FakeClassifier.directions)
    var tree = try MessageTree(parsing: Array(thread.replacing("adult, bio", with: "").utf8))
    try tree.append(Message("end"), depth: 2)
    let verdicts = try moderator.moderate(tree)
    #expect(verdicts.isFlagged)
    let json = try JSONValue(parsing: verdicts.encoded())
    #expect(json["id"] == 7)
    #expect(json["flagged"] == true)
    #expect(json["replies"]?[0]?["id"] == "x")
    #expect(json["replies"]?[0]?["flagged"] == false)
    #expect(json["replies"]?[0]?["replies"]?[0]?["labels"]?["self_harm"]?["flagged"] == true)
    #expect(json["replies"]?[0]?["replies"]?[1] == nil)
    #expect(json["replies"]?[1]?["replies"]?[0]?["text"] == "end")
    #expect(json["replies"]?[1]?["labels"]?["reference_to_harm"]?["score"] == 0.7)
  }

  @Test func `A tree with a message that cannot be judged loses no other tree`() throws {
    var classifier = FakeClassifier.directions
    classifier.unreadable = "odd"
    let moderator = try Moderator(bundle: .directions, classifier: classifier)
    let text = #"[{"text": "I'm"}, {"text": "a", "replies": [{"text": "odd"}]}, {"text": "b"}]"#
    let results = moderator.moderateEach(try MessageTree.trees(parsing: Array(text.utf8)))
    try #require(results.count == 3)
    #expect(try results[0].get().isFlagged)
    #expect(throws: ModerationError.self) { try results[1].get() }
    #expect(try results[2].get().root.verdict.text == "b")
  }

  private func nested(_ depth: Int) -> [UInt8] {
    Array(
      (String(repeating: #"{"text": "a", "replies": ["#, count: depth) + #"{"text": "I'm"}"#
        + String(repeating: "]}", count: depth)).utf8)
  }

  @Test func `Depth costs no stack`() throws {
    let depth = 50_000
    let tree = try MessageTree(parsing: nested(depth))
    #expect(tree.nodes.count == depth + 1)
    #expect(tree.nodes.last?.depth == depth)
    // A stranger's nesting in a member that is passed over.
    let other =
      #"{"other": "# + String(repeating: "[", count: depth)
      + String(repeating: "]", count: depth) + #", "text": "a"}"#
    #expect(try MessageTree(parsing: Array(other.utf8)).nodes.count == 1)
  }

  @Test func `A deep tree is judged and written as deep as it came`() throws {
    let tree = try MessageTree(parsing: nested(1000))
    let moderator = try Moderator(bundle: .directions, classifier: FakeClassifier.directions)
    let bytes = try moderator.moderate(tree).encoded()
    let again = try MessageTree(parsing: bytes)
    #expect(again.nodes.map(\.depth) == tree.nodes.map(\.depth))
    #expect(again.nodes.last?.message.text == "I'm")
  }

  @Test func `Lone surrogates become U+FFFD`() throws {
    let tree = try MessageTree(parsing: Array(#"{"text": "a\ud83d b\udc00"}"#.utf8))
    #expect(tree.root.message.text == "a\u{FFFD} b\u{FFFD}")
  }

  @Test(arguments: [
    #"{"txt": "a"}"#, #"{"text": 1}"#, #"{"text": "a", "replies": {}}"#, "[]", #"{"text": "a"} x"#,
    #"{"text": "a", "replies": ["b"]}"#, #"{"text": "a", "replies": [{}]}"#, "", "null",
    #"{"text": "a", "context": 1}"#, #"[{"text": "a"}, {"text": "b"}]"#,
  ])
  func `What is no tree is an error`(text: String) {
    #expect(throws: ModerationError.self) { try MessageTree(parsing: Array(text.utf8)) }
  }

  @Test func `An array holds several trees`() throws {
    let text = #"[{"text": "a"}, {"text": "b", "replies": [{"text": "c"}]}]"#
    #expect(try MessageTree.trees(parsing: Array(text.utf8)).map(\.nodes.count) == [1, 2])
  }

  @Test func `A node cannot be deeper than one below the last`() throws {
    var tree = MessageTree(Message("a"))
    #expect(throws: ModerationError.self) { try tree.append(Message("b"), depth: 2) }
    #expect(throws: ModerationError.self) { try tree.append(Message("b"), depth: 0) }
    try tree.append(Message("b"), depth: 1)
    try tree.append(Message("c"), depth: 2)
    try tree.append(Message("d"), depth: 1)
    #expect(tree.nodes.count == 4)
  }
}
