// swift-tools-version: 6.3
import PackageDescription

let house: [SwiftSetting] = [
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let package = Package(
  name: "swift-cpis",
  platforms: [.macOS(.v15), .iOS(.v18), .tvOS(.v18), .watchOS(.v11), .visionOS(.v2)],
  products: [
    .library(name: "NHSNumbers", targets: ["NHSNumbers"]),
    .library(name: "CPIS", targets: ["CPIS"]),
    .library(name: "CPISHL7", targets: ["CPISHL7"]),
    .library(name: "CPISReference", targets: ["CPISReference"]),
    .library(name: "CPISAudit", targets: ["CPISAudit"]),
    .library(name: "CPISOutbox", targets: ["CPISOutbox"]),
    .executable(name: "cpis", targets: ["CPISTool"]),
  ],
  traits: [
    .trait(
      name: "InternalChecks",
      description: "Verify the structure of every index after it was built. For tests: it is slow.")
  ],
  targets: [
    .target(name: "CPISDigests", swiftSettings: house),
    .target(name: "CPISFiles", dependencies: ["CPISDigests"], swiftSettings: house),
    .target(name: "NHSNumbers", dependencies: ["CPISDigests", "CPISFiles"], swiftSettings: house),
    .target(name: "CPISJSON", swiftSettings: house),
    .target(name: "CPISXML", swiftSettings: house),
    .target(name: "CPIS", dependencies: ["CPISDigests", "CPISJSON", "NHSNumbers"], swiftSettings: house),
    .target(name: "CPISHL7", dependencies: ["CPIS", "CPISXML", "NHSNumbers"], swiftSettings: house),
    .target(name: "CPISReference", dependencies: ["CPIS", "NHSNumbers"], swiftSettings: house),
    .target(
      name: "CPISAudit", dependencies: ["CPIS", "NHSNumbers", "CPISDigests", "CPISFiles", "CPISJSON"],
      swiftSettings: house),
    .target(name: "CPISOutbox", dependencies: ["CPIS", "NHSNumbers", "CPISFiles"], swiftSettings: house),
    // Not named after its product: beside CPIS, `cpis` would be the same name where file names ignore case.
    .executableTarget(
      name: "CPISTool",
      dependencies: ["NHSNumbers", "CPIS", "CPISFiles", "CPISAudit", "CPISHL7", "CPISOutbox", "CPISReference"],
      resources: [.embedInCode("Resources")],
      swiftSettings: house
    ),

    // What several test targets need: a disk in memory, numbers from a seed, samples.
    .target(
      name: "CPISTestSupport", dependencies: ["CPIS", "CPISDigests", "CPISFiles", "NHSNumbers"],
      path: "Tests/CPISTestSupport",
      swiftSettings: house),
    .testTarget(name: "CPISDigestsTests", dependencies: ["CPISDigests"], swiftSettings: house),
    .testTarget(name: "CPISJSONTests", dependencies: ["CPISJSON"], swiftSettings: house),
    .testTarget(name: "CPISXMLTests", dependencies: ["CPISXML"], swiftSettings: house),
    .testTarget(
      name: "NHSNumbersTests",
      dependencies: ["NHSNumbers", "CPISDigests", "CPISFiles", "CPISTestSupport"],
      exclude: ["Snapshots/read_index.py"],
      swiftSettings: house),
    .testTarget(
      name: "CPISTests", dependencies: ["CPIS", "CPISReference", "NHSNumbers"], exclude: ["Golden"],
      swiftSettings: house),
    .testTarget(
      name: "CPISHL7Tests", dependencies: ["CPISHL7", "CPISReference", "CPIS", "NHSNumbers", "CPISTestSupport"],
      swiftSettings: house),
    .testTarget(
      name: "CPISReferenceTests", dependencies: ["CPISReference", "CPIS", "NHSNumbers", "CPISTestSupport"],
      swiftSettings: house),
    .testTarget(
      name: "CPISOutboxTests",
      dependencies: [
        "CPISOutbox", "CPISReference", "CPIS", "NHSNumbers", "CPISDigests", "CPISFiles", "CPISTestSupport",
      ],
      exclude: ["Golden"], swiftSettings: house),
    .testTarget(
      name: "CPISFilesTests", dependencies: ["CPISFiles", "CPISDigests", "CPISTestSupport"], swiftSettings: house),
    .testTarget(
      name: "CPISAuditTests",
      dependencies: ["CPISAudit", "CPIS", "NHSNumbers", "CPISDigests", "CPISFiles", "CPISTestSupport"],
      exclude: ["Golden", "read_audit.py"], swiftSettings: house),
    .testTarget(
      name: "CommandTests", dependencies: ["CPISTool", "CPISAudit", "CPISOutbox", "CPIS", "NHSNumbers"],
      swiftSettings: house),
  ],
  swiftLanguageModes: [.v6]
)
