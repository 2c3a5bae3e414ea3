import CPIS
import CPISOutbox
import CPISReference
import Foundation
import NHSNumbers

/// `cpis demo`: a night at an emergency department and a maternity unit, with the embedded reference registry.
struct DemoCommand: Command {
  static let words = ["demo"]
  static let summary = "show a night at an emergency department, with the embedded reference registry"
  static let help = """
    cpis demo

    Loads sample uploads of three local authorities, lets patients arrive at an emergency department and a maternity
    unit, and shows each outcome as a clinician sees it. One patient arrives while the registry is down: an outbox in
    a temporary folder keeps that access and declares it later. At the end it shows what the authorities and the
    trust's safeguarding team are told. All people in it are invented.
    """

  static func run(_ words: [String], _ console: Console) async throws(CommandFailure) -> ExitCode {
    guard words.isEmpty else { throw .usage("demo takes nothing further") }
    let demo = try await Demo(console: console)
    do throws(CommandFailure) {
      try await demo.run()
    } catch {
      await demo.outbox.remove()
      throw error
    }
    await demo.outbox.remove()
    return .success
  }
}

/// The night, step by step.
private struct Demo {
  let console: Console
  let clock: ManualClock
  let registry: ReferenceRegistry
  let line: FaultyRegistry
  let sink = RecordingSink()
  let outbox: DemoOutbox
  let service: TriageService
  let cast: DemoCast

  init(console: Console) async throws(CommandFailure) {
    guard let start = CivilTime(compact: "202611200630"), let cast = try? DemoCast() else {
      throw .unreadable("the demonstration's own data are not readable")
    }
    self.cast = cast
    self.console = console
    clock = ManualClock(start)
    registry = ReferenceRegistry(demographics: Demographics(unlistedNumbers: .trusted), clock: clock, seed: 1)
    line = FaultyRegistry(registry, clock: clock)
    outbox = try await DemoOutbox(registry: line, sink: sink, clock: clock)
    guard let service = try? TriageService(registry: line, notices: outbox.sink, clock: clock) else {
      throw .unreadable("the demonstration's own policy makes no sense")
    }
    self.service = service
  }

  func run() async throws(CommandFailure) {
    try loadUploads()
    title("The evening")
    for arrival in cast.evening { try await show(arrival) }
    title("The registry goes down")
    line.play(.init(.fails(RegistryError(.unavailable)), on: .every))
    try await show(cast.outage)
    console.write("       Kept in the outbox, on the disk: \(outbox.pending) to be delivered.", .quiet)
    title("The registry is back, and is told of the visit it missed")
    line.play(.init())
    try await declareMissed()
    for arrival in cast.morning { try await show(arrival) }
    title("Who saw a child before, at a glance")
    await showHistory("999 013 5347", "Maya Osei-Bonsu, 5")
    title("What the local authorities are told")
    showNotices()
    title("What the trust's own safeguarding team is told")
    showSafeguarding()
  }

  private func loadUploads() throws(CommandFailure) {
    title("The authorities' uploads of the morning")
    for bytes in [PackageResources.tower_hamlets_xml, PackageResources.leeds_xml, PackageResources.kent_xml] {
      do {
        let result = try UploadFiles.load(bytes, into: registry)
        let file = result.fileID.map { "file \($0)" } ?? "a file whose id could not be read"
        let count = result.recordCount.map { " of \($0)" } ?? ""
        console.write(
          "\(result.recipient.name): \(file), \(result.loadedCount)\(count) records "
            + "loaded (\(result.fileCode.rawValue))")
      } catch {
        throw .unreadable("a sample upload is not readable: \(error)")
      }
    }
  }

  private func show(_ arrival: Arrival) async throws(CommandFailure) {
    if let time = CivilTime(compact: arrival.time) { clock.set(UnitedKingdomTime.instant(of: time)) }
    let now = UnitedKingdomTime.civilTime(at: clock.now)
    let context = AccessContext(
      author: .worker(arrival.worker), organisation: cast.trust, setting: arrival.setting, tracing: .verified,
      visit: arrival.visit)
    let outcome = await service.check(arrival.number, in: context)
    console.write()
    console.write("\(now.clockText)  \(arrival.setting.displayText) · \(arrival.patient)", .title)
    console.write("       \(arrival.role): \(arrival.note)", .quiet)
    console.write(indented(outcome.displayText), outcome.style)
    try await outbox.drain()
  }

  /// The outbox delivers what it kept, and the registry's own record shows the access as it happened.
  private func declareMissed() async throws(CommandFailure) {
    if let time = CivilTime(compact: cast.registryReturns) { clock.set(UnitedKingdomTime.instant(of: time)) }
    try await outbox.drain()
    let clockText = UnitedKingdomTime.civilTime(at: clock.now).clockText
    console.write("\(clockText)  The outbox hands on what it kept: \(outbox.pending) left", .title)
    guard let number = try? NHSNumber(parsing: cast.outage.number) else { return }
    guard case .known(let known, _) = await service.accessHistory(for: number, in: historyContext) else { return }
    for access in known.entries {
      let time = UnitedKingdomTime.civilTime(at: access.time).clockText
      console.write("       Declared: the visit of \(time), by \(access.viewerName)")
    }
  }

  private var historyContext: AccessContext {
    AccessContext(
      author: .worker(cast.nurse), organisation: cast.trust, setting: .emergencyDepartment, tracing: .verified)
  }

  private func showHistory(_ number: String, _ patient: String) async {
    guard let number = try? NHSNumber(parsing: number) else { return }
    console.write(patient)
    console.write(indented(await service.accessHistory(for: number, in: historyContext).displayText))
  }

  private func showNotices() {
    registry.closeWindow()
    for notice in registry.takeNotices() {
      guard case .accessToService(let notification) = notice else { continue }
      console.write("To \(notification.recipient.name): \(notification.total.counted("access", "accesses"))")
      for group in notification.groups {
        for access in group.accesses {
          let time = UnitedKingdomTime.civilTime(at: access.time).displayText
          let child = access.localID.map { "your reference \($0)" } ?? "without a reference of yours"
          console.write(
            "   \(time)  \([access.author.displayName, access.author.displayRole].compactMap(\.self).joined(separator: ", ")), "
              + "\(access.organisation.name): \(child), file \(group.fileID)")
        }
      }
    }
  }

  private func showSafeguarding() {
    for case .safeguarding(let notice) in sink.notices {
      let time = UnitedKingdomTime.civilTime(at: notice.access.time).displayText
      let kinds = Set(notice.plans.map(\.kind.abbreviation)).sorted().joined(separator: ", ")
      console.write(
        "   \(time)  \(notice.access.context.setting.displayText): \(kinds), checked by "
          + notice.access.context.author.displayName + (notice.isRepeat ? " (same visit)" : ""))
    }
  }

  private func title(_ text: String) {
    console.write()
    console.write(text, .title)
    console.write(String(repeating: "─", count: text.count), .quiet)
  }

  private func indented(_ text: String) -> String {
    text.split(separator: "\n").map { "       \($0)" }.joined(separator: "\n")
  }
}

/// The demonstration's outbox, in a temporary folder that is removed at the end.
private struct DemoOutbox {
  private let outbox: Outbox
  private let store: FileOutboxStore
  private let folder: URL

  /// Makes the folder, and in it an outbox that declares to a registry and passes everything else to a sink.
  init(registry: some RegistryClient, sink: some NotificationSink, clock: some WallClock)
    async throws(CommandFailure)
  {
    folder = FileManager.default.temporaryDirectory.appending(path: "cpis-demo-\(UUID().uuidString)")
    do throws(OutboxError) {
      store = try await FileOutboxStore.open(folder: folder.path(percentEncoded: false))
      outbox = try await Outbox(
        store: store, delivery: .declarations(to: registry, others: sink), sealer: nil, clock: clock,
        random: { 0.5 })
    } catch {
      throw .unreadable("no outbox could be made in a temporary folder (\(error.code.rawValue))")
    }
  }

  var sink: any NotificationSink { outbox }

  /// How many notices are yet to be delivered.
  var pending: UInt64 { outbox.counters.pending }

  /// Delivers what is due. In a host, `run()` does so by itself.
  func drain() async throws(CommandFailure) {
    do throws(OutboxError) { try await outbox.drain() } catch {
      throw .unreadable("the outbox in a temporary folder stopped (\(error.code.rawValue))")
    }
  }

  func remove() async {
    await store.close()
    try? FileManager.default.removeItem(at: folder)
  }
}
