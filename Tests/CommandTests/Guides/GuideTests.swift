import CPIS
import CPISAudit
import CPISOutbox
import Foundation
import NHSNumbers
import Synchronization
import Testing

@Suite("The guides")
struct GuideTests {
  private static let folder = "Tests/CommandTests/Guides/"

  @Test(
    "Each guide shows the code that is compiled here",
    arguments: [
      ("Documentation/CPIS.docc/ImplementingARegistryClient.md", "RegistryClientGuide", "guide"),
      ("Documentation/CPIS.docc/ImplementingAFlagCache.md", "FlagCacheGuide", "guide"),
      ("Documentation/CPIS.docc/ImplementingANotificationSink.md", "NotificationSinkGuide", "guide"),
      ("Documentation/CPIS.docc/QuickStart.md", "OutboxGuide", "outbox"),
      ("Documentation/CPISOutbox.docc/CPISOutbox.md", "OutboxGuide", "outbox"),
      ("Documentation/Durability.md", "OutboxGuide", "outbox"),
      ("Documentation/CPISAudit.docc/CPISAudit.md", "OutboxGuide", "audit"),
    ])
  func areTheSame(_ guide: String, _ file: String, _ marker: String) throws {
    let code = try Texts.lines(
      "\(Self.folder)\(file).swift", from: "// \(marker) begins", to: "// \(marker) ends")
    #expect(try Texts.blocks(guide).contains { $0.hasSuffix(code) }, "\(guide) does not show:\n\(code)")
  }

  private func client(_ reply: Reply) -> NationalClient { NationalClient { _, _ in reply } }

  private func plan() throws -> Plan {
    let day = try #require(CivilTime(compact: "202609140900"))
    let authority = try LocalAuthority(
      code: try ODSCode("212"), name: "LEEDS CITY COUNCIL", emergencyDutyPhone: try PhoneNumber("01134960455"),
      officeHoursPhone: nil)
    return try Plan(kind: .childProtectionPlan, start: day, end: nil, authority: authority)
  }

  private func access() throws -> Access {
    guard case .undeclaredAccess(let notice) = try OutboxFolder.notice(1) else {
      throw CocoaError(.featureUnsupported)
    }
    return notice.access
  }

  @Test("The client of the guide says none only when the reply does, and of the patient whom the reply names")
  func registryClient() async throws {
    let access = try access()
    let patient = access.patient
    for reply in [
      Reply(), Reply(patient: "9990000026"), Reply(patient: "x", saysNoPlan: true),
      Reply(patient: "9990000026", saysNoPlan: true, plans: [nil]),
    ] {
      await #expect(throws: RegistryError(.unusableAnswer)) {
        try await client(reply).plans(for: access)
      }
    }
    let none = try await client(Reply(patient: "9990000026", saysNoPlan: true)).plans(for: access)
    #expect(none == RegistryAnswer(patient: patient, finding: .noPlanUnderThisNumber))
    let found = try await client(Reply(patient: "9990000026", plans: [try plan(), nil]))
      .plans(for: access)
    let plans = try #require(RecordedPlans([try plan()]))
    #expect(found.finding == .plans(plans, .partial(unreadableEntries: 1)))
    let other = try await client(Reply(patient: "9990123012", saysNoPlan: true)).plans(for: access)
    #expect(other.patient != patient)
    for (status, code) in [(403, RegistryError.Code.accessDenied), (429, .tooManyRequests), (500, .unavailable)] {
      await #expect(throws: RegistryError(code)) {
        try await client(Reply(status: status, patient: "9990000026", saysNoPlan: true))
          .plans(for: access)
      }
    }
    let broken = NationalClient { _, _ in throw CocoaError(.fileNoSuchFile) }
    await #expect(throws: RegistryError(.unavailable)) { try await broken.accessHistory(for: access) }
  }

  @Test("The cache of the guide gives back what was stored, forgets on time, and invents nothing")
  func flagCache() async throws {
    let table = Table()
    let cache = TableCache(table: table)
    let patient = try NHSNumber(parsing: "9990000026")
    let day = try #require(CivilDay(compact: "20261121"))
    let answer = CachedAnswer(
      answer: RegistryAnswer(patient: patient, finding: .noPlanUnderThisNumber, validThrough: day),
      asOf: UnitedKingdomTime.start(of: day))
    #expect(try await cache.entry(for: patient) == nil)
    try await cache.store(answer, for: patient)
    try await cache.remove(.expired(at: UnitedKingdomTime.start(of: day)))
    #expect(try await cache.entry(for: patient) == answer)
    try await cache.remove(.expired(at: UnitedKingdomTime.start(of: day.adding(days: 1))))
    #expect(try await cache.entry(for: patient) == nil)
    await table.put(Array("x".utf8), for: patient, lastDay: nil)
    await #expect(throws: CacheError(.corrupted)) { try await cache.entry(for: patient) }
    try await cache.remove(.everything)
    #expect(try await cache.entry(for: patient) == nil)
  }

  @Test("The sink of the guide takes a notice only when its queue has it, and passes on the notice it took")
  func notificationSink() async throws {
    let queue = Queue()
    let notice = try OutboxFolder.notice(1)
    try await QueueSink(queue: queue).accept(notice)
    try await QueueSink(queue: queue).accept(notice)
    let items = await queue.items
    #expect(items.count == 1)
    #expect(try Notice(stored: try #require(items[notice.id])) == notice)
    let asked = Mutex(0)
    let registry = NationalClient { request, _ in
      if case .declaration = request { asked.withLock { $0 += 1 } }
      return Reply()
    }
    let worker = QueueWorker(
      registry: registry, safeguardingTeam: QueueSink(queue: Queue()), authorities: QueueSink(queue: Queue()))
    try await worker.passOn(try #require(items[notice.id]))
    #expect(asked.withLock { $0 } == 1)
    await queue.breakDown()
    await #expect(throws: SinkError(.unavailable)) { try await QueueSink(queue: queue).accept(notice) }
  }

  @Test("The lines on the outbox and the audit log run: a plan found is told, delivered and logged")
  func outbox() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "cpis-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: folder) }
    let mailbox = Queue()
    let guide = OutboxGuide(
      client: client(Reply(patient: "9990000026", plans: [try plan()])), mailbox: QueueSink(queue: mailbox),
      sealer: nil, monitor: Silent(),
      hasher: SampleHasher(), folder: folder.path(percentEncoded: false))
    let (counters, head) = try await guide.runs(try NHSNumber(parsing: "9990000026"), try access().context)
    #expect(counters?.accepted == 1 && counters?.delivered == 1)
    #expect(await mailbox.items.count == 1)
    #expect(head.count == 1)
  }
}

private struct Silent: EventObserver {
  func observe(_ event: some ObservedEvent) {}
}

private actor Table: SealedTable {
  private var rows: [NHSNumber: (row: [UInt8], lastDay: CivilDay?)] = [:]

  func row(for patient: NHSNumber) -> [UInt8]? { rows[patient]?.row }
  func put(_ row: [UInt8], for patient: NHSNumber, lastDay: CivilDay?) { rows[patient] = (row, lastDay) }
  func removeRow(for patient: NHSNumber) { rows[patient] = nil }
  func removeRows(lastDayBefore day: CivilDay) {
    rows = rows.filter { row in row.value.lastDay.map { $0 >= day } ?? true }
  }
  func removeAll() { rows = [:] }
}

private actor Queue: DurableQueue {
  private(set) var items: [UUID: [UInt8]] = [:]
  private var isBroken = false

  func breakDown() { isBroken = true }
  func append(_ item: [UInt8], id: UUID) throws {
    if isBroken { throw CocoaError(.fileWriteOutOfSpace) }
    items[id] = item
  }
}
