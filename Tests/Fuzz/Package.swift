// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "Fuzz",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "swift-moderation", path: "../..", traits: [])],
  targets: [
    // What libFuzzer calls and is called by.
    .systemLibrary(name: "CFuzzer", path: "Sources/CFuzzer"),
    .executableTarget(
      name: "Fuzz",
      dependencies: [
        "CFuzzer",
        .product(name: "ModerationLayers", package: "swift-moderation"),
        .product(name: "Moderation", package: "swift-moderation"),
        .product(name: "ModerationEvaluation", package: "swift-moderation"),
      ],
      swiftSettings: [
        .swiftLanguageMode(.v6), .strictMemorySafety(),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
      ]),
  ]
)
