import Foundation
import NHSNumbers
import Shared

/// Making an index, changing a table, opening a snapshot.
enum BuildSuite {
  static func run(_ harness: inout Harness) throws {
    let sizes = harness.isQuick ? [("100 k", 100_000)] : [("100 k", 100_000), ("1 M", 1_000_000)]
    for (size, count) in sizes {
      guard harness.wants("build, \(size)", "delta of 10,000, \(size)", "open, \(size)") else { continue }
      let keys = KeyPattern.uniform.keys(count, seed: 1)
      try build(size, keys, &harness)
      try delta(size, keys, &harness)
      try open(size, keys, &harness)
    }
  }

  private static func filled(_ keys: [UInt64]) -> [UInt64: UInt32] {
    var dictionary = [UInt64: UInt32](minimumCapacity: keys.count)
    for (value, key) in keys.enumerated() { dictionary[key] = UInt32(value) }
    return dictionary
  }

  private static func build(_ size: String, _ keys: [NHSNumber], _ harness: inout Harness) throws {
    let integers = keys.map(\.tenDigits)
    try harness.compare(
      "build, \(size)", operations: 1, rounds: 5,
      [
        Contender("NHSNumberIndex") { UInt64(NHSNumberIndex(keys).count) },
        Contender("Dictionary<UInt64, UInt32>") { UInt64(filled(integers).count) },
      ])
  }

  /// Half of the edits change records, a quarter adds, a quarter removes.
  private static func delta(_ size: String, _ keys: [NHSNumber], _ harness: inout Harness) throws {
    guard harness.wants("delta of 10,000, \(size)") else { return }
    let changed = keys.prefix(5000)
    let added = KeyPattern.uniform.keys(2500, seed: 99)
    let upserts = (changed + added).enumerated().map { ($1, UInt32($0)) }
    let removals = Array(keys.suffix(2500))
    let integerUpserts = upserts.map { ($0.0.tenDigits, $0.1) }
    let integerRemovals = removals.map(\.tenDigits)
    let table = NHSNumberTable(keys.enumerated().map { ($1, UInt32($0)) }) { _, last in last }
    let dictionary = filled(keys.map(\.tenDigits))
    try harness.compare(
      "delta of 10,000, \(size)", operations: 1, rounds: 9,
      [
        Contender("NHSNumberTable") {
          UInt64(table.applying(upserts: upserts, removals: removals).count)
        },
        Contender("Dictionary<UInt64, UInt32>, copied and edited") {
          var copy = dictionary
          for (key, value) in integerUpserts { copy[key] = value }
          for key in integerRemovals { copy[key] = nil }
          return UInt64(copy.count)
        },
      ])
  }

  private static func open(_ size: String, _ keys: [NHSNumber], _ harness: inout Harness) throws {
    guard harness.wants("open, \(size)") else { return }
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("benchmark-\(UUID()).index").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let integers = keys.map(\.tenDigits)
    try NHSNumberIndex(keys).writeSnapshot(to: path)
    func opening(_ access: SnapshotAccess, _ verification: SnapshotVerification) -> () throws -> UInt64 {
      {
        UInt64(try NHSNumberIndex(snapshotAt: path, access: access, verification: verification).count)
      }
    }
    try harness.compare(
      "open, \(size)", operations: 1, rounds: 5,
      [
        Contender("mapped and verified", opening(.mapped, .structure)),
        Contender("copied and verified", opening(.copied, .structure)),
        Contender("mapped, every number verified", opening(.mapped, .everyNumber)),
        Contender("filling a Dictionary<UInt64, UInt32>") { UInt64(filled(integers).count) },
      ])
  }
}
