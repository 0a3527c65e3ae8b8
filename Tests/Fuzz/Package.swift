// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6), .strictMemorySafety(),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
  name: "Fuzz",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(name: "swift-moderation", path: "../..", traits: []),
    .package(name: "swift-moderation-server", path: "../../Server"),
    .package(
      url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
  ],
  targets: [
    // What libFuzzer calls and is called by.
    .systemLibrary(name: "CFuzzer", path: "Sources/CFuzzer"),
    // The server without a socket, and its small models, as its own tests have them.
    .target(
      name: "InProcessServer",
      dependencies: [
        .product(name: "ModerationServer", package: "swift-moderation-server"),
        .product(name: "Moderation", package: "swift-moderation"),
        .product(name: "ModerationLayers", package: "swift-moderation"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOEmbedded", package: "swift-nio"),
      ],
      path: "InProcess", swiftSettings: settings),
    .executableTarget(
      name: "Fuzz",
      dependencies: [
        "CFuzzer", "InProcessServer",
        .product(name: "ModerationServer", package: "swift-moderation-server"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ModerationLayers", package: "swift-moderation"),
        .product(name: "Moderation", package: "swift-moderation"),
        .product(name: "ModerationEvaluation", package: "swift-moderation"),
      ],
      swiftSettings: settings),
  ]
)
