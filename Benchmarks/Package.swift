// swift-tools-version: 6.3
import PackageDescription

let library: [Target.Dependency] = ["NHSNumbers", "CPIS", "CPISHL7", "CPISOutbox", "CPISReference"].map {
  .product(name: $0, package: "swift-cpis")
}

// A package of its own, so that nobody who uses the library builds this. Its one dependency is the library.
let package = Package(
  name: "Benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "swift-cpis", path: "..")],
  targets: [
    // What is timed and what is counted are made of the same values.
    .target(name: "Shared", dependencies: library),
    // Times the library against its peers.
    .executableTarget(name: "Benchmarks", dependencies: ["Shared"] + library),
    // Does one operation at a time, for its instructions, allocations and system calls to be counted.
    .executableTarget(
      name: "Counts",
      dependencies: ["Shared"] + library,
      linkerSettings: [
        .unsafeFlags(["-Xlinker", "--defsym=malloc=counted_malloc"], .when(platforms: [.linux]))
      ]),
    // Takes a walk through the library once or twice, for the files and functions it enters to be counted.
    .executableTarget(name: "Walks", dependencies: ["Shared"] + library),
    // Compares parsing with the plain rules on all thousand million payloads.
    .executableTarget(
      name: "AllPayloads",
      dependencies: [.product(name: "NHSNumbers", package: "swift-cpis")]),
  ],
  swiftLanguageModes: [.v6]
)
