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

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: dependencies, swiftSettings: settings)
}

let package = Package(
  name: "swift-moderation",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Moderation", targets: ["Moderation"]),
    .library(
      name: "ModerationLayers",
      targets: ["JSON", "Tensor", "Safetensors", "Tokenizers", "Transformer", "Recurrent", "Heads"]),
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
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
  ],
  targets: [
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas",
      providers: [.apt(["libopenblas-dev"]), .brew(["openblas"])]),
    .target(name: "CKernels"),
    module("JSON"),
    module("Tensor", ["COpenBLAS", "CKernels"]),
    module("Safetensors", ["JSON"]),
    module("Tokenizers", ["JSON"]),
    module("Transformer", ["Tensor", "Safetensors", "Tokenizers", "JSON"]),
    module("Recurrent", ["Tensor", "Safetensors", "JSON"]),
    module("Heads", ["Tensor", "Safetensors", "JSON"]),
    .target(
      name: "DefaultWeights", path: "Weights/default", sources: ["BundledWeights.swift"],
      swiftSettings: settings),
    module(
      "Moderation",
      [
        .target(name: "DefaultWeights", condition: .when(traits: ["DefaultWeights"])),
        "Transformer", "Recurrent", "Heads", "Tokenizers", "Tensor", "JSON",
        .product(name: "Mustache", package: "swift-mustache"),
      ],
      resources: ["css", "js", "mustache"].map {
        .embedInCode("Evaluation/Report/Templates/report.\($0)")
      }),
    .executableTarget(
      name: "moderate",
      dependencies: [
        "Moderation", "Transformer", "Heads", "Tokenizers", "Tensor", "Safetensors", "JSON",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),
    tests("JSONTests", ["JSON"]),
    tests("TensorTests", ["Tensor"]),
    tests("SafetensorsTests", ["Safetensors", "JSON"]),
    tests("TokenizersTests", ["Tokenizers", "JSON"]),
    tests("TransformerTests", ["Transformer", "Tensor", "Tokenizers", "Safetensors", "JSON"]),
    tests("RecurrentTests", ["Recurrent", "Tensor", "Safetensors", "JSON"]),
    tests("HeadsTests", ["Heads", "Safetensors", "JSON"]),
    tests("ModerationTests", ["Moderation", "Tokenizers", "Safetensors", "JSON"]),
    tests(
      "CommandTests",
      [
        "moderate", "Moderation", "JSON",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
  ]
)
