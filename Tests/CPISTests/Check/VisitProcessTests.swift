import CPIS
import CPISReference
import Foundation
import NHSNumbers
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Each node is a process of its own, and is killed once it has checked. The registry that all of them tell is the
/// parent's: it is told of the identities that they wrote down.
@Suite("Visits over processes that are killed", .serialized)
struct VisitProcessTests {
  /// What a node does: checks a mother and her baby with one context, writes the identities down, and is killed.
  static func node(_ name: String, in folder: String, hasKey: Bool) async throws {
    let clock = ManualClock(Sample.night)
    let reference = ReferenceRegistry(clock: clock)
    for patient in Sample.numbers.prefix(2) { reference.record(try Sample.plan(), for: patient, bornOn: nil) }
    let key = hasKey ? try VisitIdentityKey([UInt8](repeating: 7, count: 32)) : nil
    let service = try TriageService(
      registry: AskedRegistry(base: reference), notices: RecordingSink(), visitIdentityKey: key, clock: clock)
    let context = try Sample.context(.maternity, author: .worker(Sample.worker(name)), visit: "birth")
    var ids: [String] = []
    for patient in Sample.numbers.prefix(2) {
      ids.append(try #require(await service.check(patient, in: context).access?.id.description))
    }
    try ids.joined(separator: "\n").write(toFile: folder + "/" + name, atomically: false, encoding: .utf8)
    kill(getpid(), SIGKILL)
  }

  private func killedNode(_ name: String, _ folder: String, hasKey: Bool) async throws -> [Access.ID] {
    let result = await #expect(processExitsWith: .failure) {
      [name = name as String, folder = folder as String, hasKey = hasKey as Bool] in
      try await VisitProcessTests.node(name, in: folder, hasKey: hasKey)
    }
    #expect(result?.exitStatus == .signal(SIGKILL))
    return try String(contentsOfFile: folder + "/" + name, encoding: .utf8).split(separator: "\n").map { line in
      Access.ID(try #require(UUID(uuidString: String(line))))
    }
  }

  @Test(
    "Killed and started anew, or on two nodes at once: with a key each patient's visit is one access, without several",
    arguments: [true, false])
  func nodes(hasKey: Bool) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "cpis-visits-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.path(percentEncoded: false)
    let before = try await killedNode("1", path, hasKey: hasKey)
    async let one = killedNode("2", path, hasKey: hasKey)
    async let other = killedNode("3", path, hasKey: hasKey)
    let all = try await [before, one, other]

    let world = try World()
    for (index, patient) in Sample.numbers.prefix(2).enumerated() {
      world.reference.record(try Sample.plan(), for: patient, bornOn: nil)
      let context = try Sample.context(.maternity)
      for ids in all {
        try await world.reference.declare(
          Access(id: ids[index], patient: patient, context: context, time: world.clock.now))
      }
    }
    #expect(try await world.accessesTold().count == (hasKey ? 2 : 6))
  }
}
