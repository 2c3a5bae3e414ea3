import NHSNumbers
import Synchronization
import Testing

@Suite("Publishing snapshots")
struct SnapshotsTests {
  /// Counts how many of it are alive.
  private final class Tracked: Sendable {
    let number: Int
    let alive: Counter

    init(_ number: Int, _ alive: Counter) {
      self.number = number
      self.alive = alive
      alive.value.wrappingAdd(1, ordering: .relaxed)
    }

    deinit { alive.value.wrappingSubtract(1, ordering: .relaxed) }
  }

  private final class Counter: Sendable {
    let value = Atomic(0)
  }

  @Test("A reader sees a new value on its next refresh, and not before")
  func refresh() {
    let snapshots = Snapshots(1)
    var reader = snapshots.reader()
    snapshots.publish(2)
    #expect(reader.value == 1)
    let changed = reader.refresh()
    #expect(changed)
    #expect(reader.value == 2)
    let changedAgain = reader.refresh()
    #expect(!changedAgain)
    snapshots.publish(3)
    let seen = reader.withCurrent { $0 }
    #expect(seen == 3)
    #expect(snapshots.current == 3)
  }

  @Test("An old value is freed when its last reader moves on")
  func freeing() {
    let alive = Counter()
    let snapshots = Snapshots(Tracked(0, alive))
    var first = snapshots.reader()
    var second = snapshots.reader()
    snapshots.publish(Tracked(1, alive))
    #expect(alive.value.load(ordering: .relaxed) == 2)
    first.refresh()
    #expect(alive.value.load(ordering: .relaxed) == 2)
    second.refresh()
    #expect(alive.value.load(ordering: .relaxed) == 1)
    #expect(first.value.number == 1 && second.value.number == 1)
  }

  @Test("Readers in other tasks never see an older value after a newer one, nor half of one")
  func readersAndPublisher() async {
    let base = Numbers.random(300, seed: 51)
    let snapshots = Snapshots(NHSNumberTable<Int>())
    await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<3 {
        group.addTask {
          var reader = snapshots.reader()
          var newest = 0
          var isFine = true
          while newest < 200 {
            let (count, generation) = reader.withCurrent { table in
              (table.index.memberCount(in: base), table[base[0]] ?? 0)
            }
            isFine = isFine && generation >= newest && (count == 0 || count == 300)
            newest = generation
            await Task.yield()
          }
          return isFine
        }
      }
      group.addTask {
        for generation in 1...200 {
          snapshots.publish(
            NHSNumberTable<Int>().applying(upserts: base.map { ($0, generation) }, removals: []))
          await Task.yield()
        }
        return true
      }
      for await isFine in group { #expect(isFine) }
    }
  }
}
