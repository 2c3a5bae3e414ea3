import NHSNumbers
import Testing

/// Files whose checksum is right, made by somebody who knows the format.
@Suite("Hostile snapshots")
struct HostileSnapshotTests {
  private let keys = Numbers.random(3000, seed: 181)
  private let queries = Numbers.random(3000, seed: 182)

  private func crafted(_ change: (inout SnapshotBytes) -> Void) -> SnapshotBytes {
    var snapshot = SnapshotBytes(NHSNumberIndex(keys))
    change(&snapshot)
    snapshot.sign()
    return snapshot
  }

  @Test("The checksum in the tests is the one in the files")
  func checksum() {
    let snapshot = SnapshotBytes(NHSNumberIndex(keys))
    var signed = snapshot
    signed.sign()
    #expect(signed.bytes == snapshot.bytes)
  }

  @Test("Groups that begin late, go back, lie outside or do not end at the count are refused")
  func groups() {
    let last = 1 << crafted { _ in }.groupBits
    for (group, value) in [
      (0, 1), (0, UInt32.max), (1, 3001), (7, UInt32.max), (last, 2999), (last, 3001), (last, 0),
      (last - 1, 3001),
    ] {
      #expect(crafted { $0.setStart(group, value) }.refusal() == .brokenStructure, "start \(group)")
    }
    let backwards = crafted { snapshot in
      let middle = last / 2
      snapshot.setStart(middle, snapshot.start(middle + 1) + 1)
    }
    #expect(backwards.refusal() == .brokenStructure)
  }

  @Test("A header with sizes out of range, or that no file of this length can have, is refused")
  func sizes() {
    let cases: [(offset: Int, value: UInt64, width: Int, code: SnapshotError.Code)] = [
      (16, 1_000_000_001, 4, .brokenStructure), (16, UInt64(UInt32.max), 4, .brokenStructure),
      (16, 3001, 4, .wrongSize), (16, 1_000_000_000, 4, .wrongSize), (20, 8, 1, .brokenStructure),
      (20, 31, 1, .brokenStructure), (20, 255, 1, .brokenStructure), (20, 30, 1, .wrongSize),
      (21, 13, 1, .brokenStructure), (21, 27, 1, .brokenStructure), (21, 26, 1, .wrongSize),
      (22, 1, 1, .brokenStructure), (24, .max, 8, .wrongSize), (12, 0, 4, .brokenStructure),
      (12, 1 << 30 + 1, 4, .brokenStructure), (12, 4, 4, .brokenStructure), (40, 1, 1, .brokenStructure),
      (63, 1, 1, .brokenStructure),
    ]
    for (offset, value, width, code) in cases {
      #expect(crafted { $0.set(value, at: offset, bytes: width) }.refusal() == code, "byte \(offset), \(value)")
    }
  }

  /// What a file may say that only a look at every number finds out.
  private var lies: [(name: String, snapshot: SnapshotBytes)] {
    let snapshot = SnapshotBytes(NHSNumberIndex(keys))
    let (end, remainders) = (snapshot.end, snapshot.remaindersOffset)
    return [
      ("remainders of no number", crafted { for place in 0..<3000 { $0.setRemainder(place, 0xFFFF) } }),
      ("remainders all zero", crafted { for place in 0..<3000 { $0.setRemainder(place, 0) } }),
      ("remainders reversed", crafted { $0.bytes[remainders..<end].reverse() }),
      ("the bitmap all clear", crafted { for place in 64..<$0.startsOffset { $0.bytes[place] = 0 } }),
      ("the bitmap all set", crafted { for place in 64..<$0.startsOffset { $0.bytes[place] = 0xFF } }),
      ("another multiplier", crafted { $0.set(5, at: 12, bytes: 4) }),
      ("padding used", crafted { $0.bytes[end] = 1 }),
      ("padding after the groups used", crafted { $0.bytes[remainders - 1] = 1 }),
      ("the last byte used", crafted { $0.bytes[$0.bytes.count - 1] = 1 }),
      ("all in the first group", crafted { for group in 1...1 << $0.groupBits { $0.setStart(group, 3000) } }),
      ("all in the last group", crafted { for group in 0..<1 << $0.groupBits { $0.setStart(group, 0) } }),
    ]
  }

  @Test("What only a look at every number finds is refused by that look, and without it answers within the file")
  func lying() throws {
    for (name, snapshot) in lies {
      #expect(snapshot.refusal(.everyNumber) == .brokenStructure, "\(name)")
      let index = try snapshot.open()
      let held = Array(index)
      #expect(index.count == 3000 && held.count <= 3000, "\(name)")
      for number in keys + queries {
        guard let position = index.position(of: number) else { continue }
        #expect(position < 3000 && index.number(at: position) == number, "\(name)")
      }
      for match in index.matches(in: keys + queries) {
        #expect(match.position < 3000 && match.offset < 6000, "\(name)")
      }
      for position in 0..<3000 { _ = index.number(at: position) }
      #expect(NHSNumberTable(index: index, record: \.payload).map { $0.count == held.count } ?? true, "\(name)")
      // What is built from it must hold for certain.
      let edited = index.applying(insertions: queries, removals: keys.prefix(1500))
      Agreement.check(
        edited, holds: Array(Set(held).subtracting(keys.prefix(1500)).union(queries)), queries: queries + keys)
    }
  }

  @Test("A table over a lying snapshot, if there is one, keeps records with their numbers when it is edited")
  func lyingTables() throws {
    var tables = 0
    for (name, snapshot) in lies {
      guard let table = NHSNumberTable(index: try snapshot.open(), record: \.payload) else { continue }
      tables += 1
      check(table, holding: Set(table.index), "\(name)")
    }
    #expect(tables >= 5, "too few lies that leave every number a number")
  }

  @Test("A table over an honest snapshot keeps records with their numbers when it is edited, verified or not")
  func honestTables() throws {
    for verification in [SnapshotVerification.structure, .everyNumber] {
      let index = try crafted { _ in }.open(verification)
      let table = try #require(NHSNumberTable(index: index) { $0.payload })
      check(table, holding: Set(keys), "\(verification)")
    }
  }

  private func check(_ table: NHSNumberTable<UInt32>, holding held: Set<NHSNumber>, _ comment: Comment) {
    let removed = keys.prefix(1500)
    let edited = table.applying(upserts: queries.map { ($0, $0.payload) }, removals: removed)
    let expected = held.subtracting(removed).union(queries)
    Agreement.check(edited.index, holds: Array(expected), queries: queries + keys, comment)
    #expect(edited.records.count == expected.count, comment)
    #expect(edited.allSatisfy { $0.record == $0.number.payload }, comment)
    #expect(expected.allSatisfy { edited[$0] == $0.payload }, comment)
  }

  @Test("Sizes that no build would choose, but that agree, answer as well")
  func unusualSizes() throws {
    // As few cells as there may be: the smaller bitmap goes, and what follows moves up.
    var snapshot = SnapshotBytes(NHSNumberIndex(keys))
    let from = snapshot.startsOffset
    snapshot.bytes.removeSubrange(128..<from)
    snapshot.bytes[20] = 9
    for place in 64..<128 { snapshot.bytes[place] = 0xFF }
    snapshot.set(UInt64(snapshot.bytes.count), at: 24, bytes: 8)
    snapshot.sign()
    let index = try snapshot.open()
    #expect(index.memberCount(in: keys) == 3000)
    #expect(index.memberCount(in: queries) == Set(queries).intersection(keys).count)
  }
}
