// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "moderation-benchmark",
  platforms: [.macOS(.v15)],
  products: [.executable(name: "moderation-benchmark", targets: ["ModerationBenchmark"])],
  dependencies: [.package(name: "swift-moderation", path: "..")],
  targets: [
    .executableTarget(
      name: "ModerationBenchmark",
      dependencies: [.product(name: "ModerationLayers", package: "swift-moderation")],
      swiftSettings: [.swiftLanguageMode(.v6), .strictMemorySafety()])
  ]
)
