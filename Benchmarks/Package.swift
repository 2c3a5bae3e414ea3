// swift-tools-version: 6.3
import PackageDescription

// A package of its own, so that nobody who uses the library builds this. Its one dependency is the library.
let package = Package(
  name: "Benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "swift-cpis", path: "..")],
  targets: [
    .executableTarget(
      name: "Benchmarks",
      dependencies: [
        .product(name: "NHSNumbers", package: "swift-cpis"),
        .product(name: "CPIS", package: "swift-cpis"),
        .product(name: "CPISOutbox", package: "swift-cpis"),
        .product(name: "CPISReference", package: "swift-cpis"),
      ]),
    // Counts what lookups allocate, which is nothing.
    .executableTarget(
      name: "Allocations",
      dependencies: [.product(name: "NHSNumbers", package: "swift-cpis")],
      linkerSettings: [
        .unsafeFlags(["-Xlinker", "--defsym=malloc=counted_malloc"], .when(platforms: [.linux]))
      ]),
    // Compares parsing with the plain rules on all thousand million payloads.
    .executableTarget(
      name: "AllPayloads",
      dependencies: [.product(name: "NHSNumbers", package: "swift-cpis")]),
  ],
  swiftLanguageModes: [.v6]
)
