import Foundation
import JSON
import Testing

@testable import Recurrent

/// Bundles that are cut, altered or made up: errors that say what is wrong, never a trap.
@Suite struct HostileBundleTests {
  /// What loading a fixture says after its configuration was altered.
  private func message(
    _ fixture: String = "small", replacing old: String, with new: String,
    in file: String = "config.json"
  ) throws -> String? {
    let folder = try Fixtures.copy(fixture)
    defer { try? FileManager.default.removeItem(at: folder) }
    let url = folder.appendingPathComponent(file)
    let text = try String(contentsOf: url, encoding: .utf8)
    let altered = text.replacing(old, with: new)
    #expect(altered != text, "\(old) is not in \(file)")
    try Data(altered.utf8).write(to: url)
    do {
      _ = try CharacterWordClassifier(contentsOf: folder)
      return nil
    } catch {
      return "\(error)"
    }
  }

  @Test(arguments: [
    ("\"character-word-1\"", "\"character-word-9\"", "format is \"character-word-9\""),
    ("\"same\"", "\"reflect\"", "network.characters.convolutions[0].padding is \"reflect\""),
    ("\"same\"", "\"valid\"", "convolutions[0].padding is valid"),
    ("\"width\": 2", "\"width\": 0", "network.characters.convolutions[0].width is 0"),
    ("\"width\": 2", "\"width\": 3", "characters.convolutions.0.kernel"),
    ("\"size\": 6", "\"size\": 7", "characters.embedding"),
    ("\"size\": 6", "\"size\": -6", "network.characters.size is -6"),
    ("\"filters\": 10", "\"filters\": 1e99", "filters"),
    ("\"units\": 12", "\"units\": \"many\"", "network.dense[0].units"),
    ("\"recurrentActivation\": \"sigmoid\"", "\"recurrentActivation\": \"swish\"", "swish"),
    ("\"rules\": \"disguises\"", "\"rules\": \"guess\"", "text.rules is \"guess\""),
    ("\"subwordBuckets\": 64", "\"subwordBuckets\": 63", "subwordBuckets"),
    ("\"maximumWords\": 30", "\"maximumWords\": 0", "text.maximumWords is 0"),
    ("\"labels\"", "\"names\"", "labels"),
    ("\"network\"", "\"net\"", "network"),
    ("[[8592, 11263]", "[[11263, 8592]", "text.symbols[0]"),
    ("\"edges\": \"@$|+€£*\"", "\"edges\": 3", "text.edges"),
    ("\"minimum\": 3", "\"minimum\": 6", "text.subwords.maximum"),
  ])
  func `A value out of place is named with its key`(old: String, new: String, expected: String)
    throws
  {
    let message = try message(replacing: old, with: new)
    #expect(message?.contains(expected) == true, "\(message ?? "loaded")")
  }

  @Test func `A list of words that is shorter than the embedding is an error`() throws {
    let message = try message(replacing: "potato\n", with: "", in: "words.txt")
    #expect(message?.contains("network.words.count") == true)
  }

  @Test(arguments: [
    "config.json", "words.txt", "model.safetensors",
  ])
  func `A missing file is an error that names it`(file: String) throws {
    let folder = try Fixtures.copy("small")
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.removeItem(at: folder.appendingPathComponent(file))
    do {
      _ = try CharacterWordClassifier(contentsOf: folder)
      Issue.record("loaded without \(file)")
    } catch {
      #expect("\(error)".contains(file))
    }
  }

  @Test func `Words that are no UTF-8 are an error`() throws {
    let folder = try Fixtures.copy("small")
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data([0x61, 0xFF, 0x0A]).write(to: folder.appendingPathComponent("words.txt"))
    #expect(throws: RecurrentError.self) {
      _ = try CharacterWordClassifier(contentsOf: folder)
    }
  }

  @Test(arguments: [0, 7, 8, 100, 1000, 5000, 12_000])
  func `Weights cut anywhere are an error`(length: Int) throws {
    let folder = try Fixtures.copy("small")
    defer { try? FileManager.default.removeItem(at: folder) }
    let url = folder.appendingPathComponent("model.safetensors")
    try Data(contentsOf: url).prefix(length).write(to: url)
    #expect(throws: RecurrentError.self) {
      _ = try CharacterWordClassifier(contentsOf: folder)
    }
  }

  @Test(arguments: [
    ("\"words\": {", "\"words\": {\"length\": 100001,", "network.words.length is 100001"),
    ("\"maximumWords\": 30", "\"maximumWords\": 100001", "text.maximumWords is 100001"),
    (
      "\"maximumCharacters\": 120", "\"maximumCharacters\": 100001",
      "text.maximumCharacters is 100001"
    ),
    ("\"minimum\": 3", "\"minimum\": 65", "text.subwords.minimum is 65"),
    ("\"units\": 12", "\"units\": 65537", "network.dense[0].units is 65537"),
    (
      "\"subwordBuckets\": 64", "\"subwordBuckets\": 10000001",
      "network.words.subwordBuckets is 10000001"
    ),
  ])
  func `row "characters and words": lengths and sizes beyond the bounds are refused`(
    old: String, new: String, expected: String
  ) throws {
    let message = try message(replacing: old, with: new)
    #expect(message?.contains(expected) == true, "\(message ?? "loaded")")
  }

  @Test func `row "characters and words": a text whose states or sums do not fit is refused`()
    throws
  {
    let root = try ConfigurationReader(
      contentsOf: Fixtures.folder.appendingPathComponent("small/config.json"))
    let configuration = try NetworkConfiguration(root)
    func message(characters: Int, words: Int) -> String {
      do {
        try configuration.checkLengths(root, text: (characters, words))
        return "no error"
      } catch { return "\(error)" }
    }
    let words = (1 << 26) / (8 * configuration.units)
    #expect(message(characters: 1, words: words) == "no error")
    #expect(
      message(characters: 1, words: words + 1).contains("text.maximumWords is \(words + 1)"))
    let taps = configuration.convolutions.reduce(0) { $0 + $1.width * ($1.filters + 15) }
    let characters = (1 << 34) / taps
    #expect(message(characters: characters, words: 1) == "no error")
    #expect(
      message(characters: characters + 1, words: 1)
        .contains("text.maximumCharacters is \(characters + 1)"))
  }

  @Test func `A table that would not fit is refused before it is made`() throws {
    let message = try message(
      "keras-masked", replacing: "\"count\": 30,", with: "\"count\": 9000000,")
    #expect(message?.contains("makes a table of more than") == true, "\(message ?? "loaded")")
  }
}
