// swift-tools-version: 6.2
import PackageDescription

/// One settings array for every Swift target.
let settings: [SwiftSetting] =
  [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
  ] + (Context.environment["CI"] == nil ? [] : [.treatAllWarnings(as: .error)])

func module(
  _ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = []
) -> Target {
  .target(
    name: name, dependencies: dependencies, resources: resources, swiftSettings: settings)
}

/// The settings of what only calls the libraries, the commands and the tests: what computes is in
/// those. Optimised, such code is no faster and takes three times as long to compile.
let callers = settings + [.unsafeFlags(["-Onone"], .when(configuration: .release))]

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: dependencies, swiftSettings: callers)
}

/// Logarithms and exponentials of the platform's mathematics library.
let real = Target.Dependency.product(name: "RealModule", package: "swift-numerics")

/// Files and descriptors, with the platform's errors.
let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")

let package = Package(
  name: "swift-moderation",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Moderation", targets: ["Moderation"]),
    .library(name: "ModerationEvaluation", targets: ["ModerationEvaluation"]),
    .library(
      name: "ModerationLayers",
      targets: [
        "Platform", "JSON", "Tensor", "Safetensors", "Tokenizers", "Respelling", "Transformer",
        "Quantization", "Recurrent", "Heads",
      ]),
    .executable(name: "moderate", targets: ["moderate"]),
  ],
  traits: [
    .trait(
      name: "DefaultWeights",
      description: "Carries the default moderator's weights. Without it, name a model yourself."),
    .default(enabledTraits: ["DefaultWeights"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-numerics", from: "1.1.0"),
    .package(url: "https://github.com/apple/swift-system", from: "1.7.0"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
  ],
  targets: [
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas",
      providers: [.apt(["libopenblas-dev"]), .brew(["openblas"])]),
    .target(name: "CKernels", dependencies: ["COpenBLAS"]),
    module("Platform"),
    module("JSON", ["Platform", system]),
    module("Tensor", ["COpenBLAS", "CKernels", "Platform"]),
    module("Safetensors", ["JSON", "Platform", system]),
    module("Tokenizers", ["JSON", "Platform"]),
    module("Respelling", ["Tokenizers"]),
    module("Transformer", ["Tensor", "Safetensors", "Tokenizers", "JSON", "Platform", real]),
    module("Quantization", ["Transformer", "Tensor", "Safetensors", "Platform", real]),
    module("Recurrent", ["Tensor", "Safetensors", "JSON", "Platform", real]),
    module("Heads", ["Tensor", "Safetensors", "JSON", "Platform", real]),
    .target(
      name: "DefaultWeights", path: "Weights/default",
      exclude: ["README.md", "card.json", "suite.jsonl"],
      sources: ["BundledWeights.swift"],
      resources: [
        "config.json", "model.safetensors", "moderation.json", "tokenizer.json",
        "tokenizer_config.json", "words.tsv",
      ].map {
        .copy($0)
      },
      swiftSettings: settings),
    module(
      "Moderation",
      [
        .target(name: "DefaultWeights", condition: .when(traits: ["DefaultWeights"])),
        "Transformer", "Recurrent", "Heads", "Respelling", "Tokenizers", "Tensor", "JSON",
        "Platform",
        real, system,
      ]),
    module(
      "ReportTemplates",
      resources: ["css", "js", "mustache"].map { .embedInCode("report.\($0)") }),
    module("EvaluationMetrics", [real]),
    module(
      "ModerationEvaluation",
      [
        "Moderation", "EvaluationMetrics", "ReportTemplates", "Respelling", "JSON", "Platform",
        real,
        .product(name: "Mustache", package: "swift-mustache"),
      ]),
    .executableTarget(
      name: "moderate",
      dependencies: [
        "Moderation", "ModerationEvaluation", "Transformer", "Quantization", "Heads", "Tokenizers",
        "Tensor", "Safetensors", "JSON", "Platform", system,
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: callers),
    // What the test targets share: folders that go away, paths of fixtures, stand-ins for models.
    .target(
      name: "TestSupport", dependencies: ["Transformer", "Safetensors", "JSON"],
      path: "Tests/TestSupport",
      swiftSettings: callers),
    tests("JSONTests", ["JSON"]),
    tests("TensorTests", ["Tensor", real]),
    tests("SafetensorsTests", ["Safetensors", "JSON", "TestSupport"]),
    tests("TokenizersTests", ["Tokenizers", "JSON", "TestSupport"]),
    tests("RespellingTests", ["Respelling"]),
    tests(
      "TransformerTests",
      ["Transformer", "Tensor", "Tokenizers", "Safetensors", "JSON", "TestSupport"]),
    tests(
      "QuantizationTests",
      ["Quantization", "Transformer", "Tensor", "Safetensors", "TestSupport", real]),
    tests(
      "RecurrentTests",
      ["Recurrent", "Tensor", "Safetensors", "JSON", "TestSupport", real]),
    tests("HeadsTests", ["Heads", "Safetensors", "JSON", "TestSupport"]),
    tests(
      "ModerationTests",
      [
        "Moderation", "Transformer", "Tokenizers", "Tensor", "Safetensors", "Respelling", "JSON",
        "TestSupport",
      ]),
    tests(
      "ModerationEvaluationTests",
      [
        "ModerationEvaluation", "EvaluationMetrics", "Moderation", "Tensor", "JSON", "TestSupport",
      ]),
    tests(
      "CommandTests",
      [
        "moderate", "Moderation", "ModerationEvaluation", "Tensor", "JSON", "TestSupport",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
  ]
)
