// swift-tools-version: 6.2
import PackageDescription

/// The settings of the library's own targets.
let settings: [SwiftSetting] =
  [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
  ] + (Context.environment["CI"] == nil ? [] : [.treatAllWarnings(as: .error)])

// A package of its own: whoever imports `Moderation` resolves and builds nothing of HTTP.
let package = Package(
  name: "swift-moderation-server",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "ModerationServer", targets: ["ModerationServer"]),
    .executable(name: "moderate-server", targets: ["moderate-server"]),
  ],
  dependencies: [
    .package(name: "swift-moderation", path: ".."),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(
      url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    .package(url: "https://github.com/apple/swift-numerics", from: "1.1.0"),
    .package(url: "https://github.com/apple/swift-system", from: "1.7.0"),
    .package(
      url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: [
    .target(
      name: "ModerationServer",
      dependencies: [
        .product(name: "Moderation", package: "swift-moderation"),
        .product(name: "ModerationLayers", package: "swift-moderation"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Metrics", package: "swift-metrics"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "RealModule", package: "swift-numerics"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "SystemPackage", package: "swift-system"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ],
      resources: [
        .embedInCode("Resources/openapi.json"), .embedInCode("Resources/playground/page.html"),
        .embedInCode("Resources/playground/style.css"),
        .embedInCode("Resources/playground/core.js"),
        .embedInCode("Resources/playground/labels.js"),
        .embedInCode("Resources/playground/spans.js"),
        .embedInCode("Resources/playground/batch.js"),
        .embedInCode("Resources/playground/requests.js"),
        .embedInCode("Resources/playground/start.js"),
      ],
      swiftSettings: settings),
    .executableTarget(
      name: "moderate-server",
      dependencies: [
        "ModerationServer",
        .product(name: "Moderation", package: "swift-moderation"),
        .product(name: "ModerationLayers", package: "swift-moderation"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: settings),
    .testTarget(
      name: "ModerationServerTests",
      dependencies: [
        "ModerationServer",
        .product(name: "Moderation", package: "swift-moderation"),
        .product(name: "ModerationLayers", package: "swift-moderation"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOEmbedded", package: "swift-nio"),
      ],
      swiftSettings: settings),
  ]
)
