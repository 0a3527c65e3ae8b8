// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "moderation-benchmark",
  platforms: [.macOS(.v15)],
  products: [.executable(name: "moderation-benchmark", targets: ["ModerationBenchmark"])],
  dependencies: [
    .package(name: "swift-moderation", path: ".."),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.1.0"),
  ],
  targets: [
    .executableTarget(
      name: "ModerationBenchmark",
      dependencies: [
        .product(name: "ModerationLayers", package: "swift-moderation"),
        .product(name: "Moderation", package: "swift-moderation"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Histogram", package: "hdrhistogram-swift"),
      ],
      swiftSettings: [.swiftLanguageMode(.v6), .strictMemorySafety()])
  ]
)
