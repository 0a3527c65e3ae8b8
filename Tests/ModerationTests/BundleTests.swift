import JSON
import Tensor
import Testing

@testable import Moderation

@Suite struct BundleTests {
  /// Everything the format has, once.
  static let everything = #"""
    {
      "format": 1,
      "name": "everything",
      "description": "All keys.",
      "license": "Apache-2.0",
      "languages": ["en", "fr"],
      "model": {
        "kind": "encoder", "path": "encoder", "name": "owner/model", "revision": "v1.0",
        "prompt": "query: ", "adapter": "own", "dimensions": 128, "precisions": ["int8", "float32"], "plan": "plan.json",
        "files": { "model.safetensors": "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef" }
      },
      "heads": [{ "name": "mlp", "path": "mlp" }, { "name": "trees", "path": "trees/model.txt" }],
      "labels": [
        {
          "name": "harm", "description": "Any.", "threshold": 0.3, "thresholdRange": [0.2, 0.6],
          "severity": "high",
          "scores": [{ "head": "mlp", "class": "1" }, { "head": "trees" }],
          "direction": { "from": "author", "to": "others" },
          "actions": { "author": ["warn"], "readers": ["hide", "warn"] },
          "calibration": { "method": "platt", "slope": 1.5, "intercept": -0.25 },
          "support": { "positives": 3, "negatives": 400, "source": "validation.jsonl" }
        },
        {
          "name": "spam", "scores": [{ "head": "mlp", "class": "2" }],
          "calibration": { "method": "isotonic", "inputs": [0, 0.5], "outputs": [0.1, 0.9] }
        }
      ],
      "base": "fine",
      "actions": { "warn": "Warn.", "hide": "Hide." },
      "context": {
        "template": "<{}>", "separator": "",
        "dimensions": [{ "name": "kind", "values": ["A", "B"], "default": "B" }]
      },
      "maximumTokens": 256,
      "longTexts": { "policy": "windows", "overlap": 32, "combine": "mean" },
      "respelling": { "words": "words.tsv" },
      "files": { "mlp/head.json": "ABCDEF6789abcdef0123456789abcdef0123456789abcdef0123456789abcdef" },
      "quantization": { "cosine": 0.9996 }
    }
    """#

  @Test func `Every key is read`() throws {
    let bundle = try ModerationBundle(parsing: Array(Self.everything.utf8))
    #expect(bundle.name == "everything")
    #expect(bundle.languages == ["en", "fr"])
    #expect(bundle.model.revision == "v1.0")
    #expect(bundle.model.precisions == [.int8, .float32])
    #expect(bundle.model.files.first?.path == "model.safetensors")
    #expect(bundle.heads.map(\.path) == ["mlp", "trees/model.txt"])
    let harm = bundle.labels[0]
    #expect(
      harm.sources == [.init(head: "mlp", className: "1"), .init(head: "trees", className: "harm")])
    #expect(harm.severity == .high)
    #expect(harm.thresholdRange == 0.2...0.6 && bundle.labels[1].thresholdRange == nil)
    #expect(harm.support?.positives == 3)
    #expect(harm.calibration == .platt(slope: 1.5, intercept: -0.25))
    #expect(harm.readerActions == ["hide", "warn"])
    #expect(bundle.labels[1].threshold == 0.5)
    #expect(bundle.labels[1].severity == .medium)
    #expect(bundle.base == "fine")
    #expect(bundle.context?.dimensions.first?.fallback == "B")
    #expect(bundle.maximumTokens == 256)
    #expect(bundle.longTexts == .windows(overlap: 32, combine: .mean))
    #expect(bundle.respellingWords == "words.tsv")
    #expect(bundle.files.first?.sha256.hasPrefix("abcdef") == true)
    #expect(bundle.quantization?["cosine"] == 0.9996)
  }

  @Test func `What is written reads back equal`() throws {
    let bundle = try ModerationBundle(parsing: Array(Self.everything.utf8))
    let again = try ModerationBundle(parsing: Array(bundle.encoded().utf8))
    #expect(again == bundle)
    #expect(again.encoded() == bundle.encoded())
    let plain = ModerationBundle.directions
    #expect(try ModerationBundle(parsing: Array(plain.encoded().utf8)) == plain)
  }

  @Test(arguments: [
    (#""name": "everything""#, #""name": "everything", "treshold": 1"#, "treshold"),
    (#""threshold": 0.3,"#, #""threshold": 0.3, "sevirity": 1,"#, "labels[0].sevirity"),
    (#""head": "trees""#, #""head": "trees", "klass": "1""#, "labels[0].scores[1].klass"),
    (#""to": "others""#, #""to": "others", "via": "x""#, "labels[0].direction.via"),
    (#""prompt":"#, #""promt":"#, "model.promt"),
    (#""overlap":"#, #""overlaps":"#, "longTexts.overlaps"),
    (#""template":"#, #""templates":"#, "context.templates"),
    (#""default":"#, #""fallback":"#, "context.dimensions[0].fallback"),
    (#""slope": 1.5"#, #""slope": 1.5, "sloppe": 1"#, "labels[0].calibration.sloppe"),
    (#""source": "v"#, #""sources": "v"#, "labels[0].support.sources"),
  ])
  func `An unknown key is an error that names it`(
    original: String, changed: String, key: String
  ) throws {
    let text = Self.everything.replacing(original, with: changed)
    #expect(text != Self.everything)
    #expect(throws: ModerationError.json(file: "moderation.json", .unknownKey(path: key))) {
      try ModerationBundle(parsing: Array(text.utf8))
    }
  }

  @Test(arguments: [
    (#""format": 1,"#, "", "format"),
    (#""format": 1"#, #""format": 2"#, "format"),
    (#""name": "everything","#, "", "name"),
    (#""kind": "encoder","#, "", "model.kind"),
    (#""kind": "encoder""#, #""kind": "decoder""#, "model.kind"),
    (#""path": "encoder""#, #""path": "../encoder""#, "model.path"),
    (#""path": "encoder""#, #""path": "/encoder""#, "model.path"),
    (#""name": "owner/model""#, #""name": "owner/../model""#, "model.name"),
    (#""revision": "v1.0""#, #""revision": "../v1""#, "model.revision"),
    (#""precisions": ["int8", "float32"]"#, #""precisions": []"#, "model.precisions"),
    (#""int8", "#, #""int4", "#, "model.precisions"),
    (
      #"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef" }"#, #"0123" }"#,
      "model.files.model.safetensors"
    ),
    (#"{ "name": "trees", "path""#, #"{ "path""#, "heads[1].name"),
    (#"{ "name": "trees", "path""#, #"{ "name": "mlp", "path""#, "heads[1].name"),
    (#""threshold": 0.3"#, #""threshold": 1.5"#, "labels[0].threshold"),
    (#""threshold": 0.3"#, #""threshold": "0.3""#, "labels[0].threshold"),
    ("[0.2, 0.6]", "[0.6, 0.2]", "labels[0].thresholdRange"),
    ("[0.2, 0.6]", "[0.6]", "labels[0].thresholdRange"),
    (#""severity": "high""#, #""severity": "huge""#, "labels[0].severity"),
    (#""author": ["warn"]"#, #""author": ["shout"]"#, "labels[0].actions"),
    (#""name": "spam""#, #""name": "harm""#, "labels[1].name"),
    (#""name": "spam""#, #""name": "fine""#, "labels[1].name"),
    (#""inputs": [0, 0.5]"#, #""inputs": [0.5, 0.5]"#, "labels[1].calibration.inputs"),
    (#""outputs": [0.1, 0.9]"#, #""outputs": [0.9, 0.1]"#, "labels[1].calibration.outputs"),
    (#""outputs": [0.1, 0.9]"#, #""outputs": [0.9]"#, "labels[1].calibration.outputs"),
    (#""default": "B""#, #""default": "C""#, "context.dimensions[0].default"),
    (#""maximumTokens": 256"#, #""maximumTokens": 2"#, "maximumTokens"),
    (#""values": ["A", "B"]"#, #""values": ["A", "B", "a"]"#, "context.dimensions[0].values"),
    (
      #""default": "B" }"#, #""default": "B" }, { "name": "kind", "values": ["C"] }"#,
      "context.dimensions[1].name"
    ),
    (#""slope": 1.5"#, #""slope": 1e999"#, "labels[0].calibration.slope"),
    (#""policy": "windows""#, #""policy": "slide""#, "longTexts.policy"),
    (#""combine": "mean""#, #""combine": "sum""#, "longTexts.combine"),
    (#""warn": "Warn.""#, #""warn": 1"#, "actions.warn"),
    (#""languages": ["en", "fr"]"#, #""languages": "en""#, "languages"),
  ])
  func `A value that cannot be used is an error that names its key`(
    original: String, changed: String, key: String
  ) throws {
    let text = Self.everything.replacing(original, with: changed, maxReplacements: 1)
    #expect(text != Self.everything)
    let error = #expect(throws: ModerationError.self) {
      try ModerationBundle(parsing: Array(text.utf8))
    }
    switch error {
    case .json(_, .invalid(let path, _)), .json(_, .missing(let path)),
      .json(_, .wrongKind(let path, _, _)), .json(_, .outOfRange(let path, _, _)):
      #expect(path == key)
    default: Issue.record("\(String(describing: error))")
    }
  }

  @Test func `Heads go with an encoder and only with one`() {
    let classifier = Self.everything.replacing(
      #""kind": "encoder""#, with: #""kind": "classifier""#)
    #expect(throws: ModerationError.self) {
      try ModerationBundle(parsing: Array(classifier.utf8))
    }
  }

  @Test func `A repeated key, a cut file and trailing text are errors with their place`() {
    for text in [
      #"{"format": 1, "format": 1}"#, String(Self.everything.dropLast(5)), Self.everything + "x",
    ] {
      let error = #expect(throws: ModerationError.self) {
        try ModerationBundle(parsing: Array(text.utf8))
      }
      #expect(error?.description.contains("line") == true)
    }
  }
}
