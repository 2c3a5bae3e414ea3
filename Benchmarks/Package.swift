// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that nobody who uses the library builds this. Its one dependency is the library.
let package = Package(
  name: "Benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "swift-cpis", path: "..")],
  targets: [
    .executableTarget(
      name: "Benchmarks",
      dependencies: [.product(name: "NHSNumbers", package: "swift-cpis")])
  ],
  swiftLanguageModes: [.v6]
)
