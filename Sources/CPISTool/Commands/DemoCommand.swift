import CPIS
import CPISFiles
import CPISHL7
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

    A REHEARSAL: CP-IS is not asked, and nobody is told.
    Loads sample uploads of three local authorities, lets patients arrive at an emergency department and a maternity
    unit, and shows each outcome as a clinician sees it. One patient arrives while the registry is down: an outbox in
    a temporary folder keeps that access and declares it later. At the end it shows what the authorities and the
    trust's safeguarding team are told. All people in it are invented.
    """

  static func run(_ words: [String], _ console: Console) async throws(CommandFailure) -> ExitCode {
    guard words.isEmpty else { throw .usage("demo takes no arguments") }
    let demo = try await Demo(console: console)
    // Ctrl-C must not leave a folder behind either.
    let folder = demo.outbox.folder
    let arrangement = ProcessConduct.beforeEnding { DemoOutbox.remove(folder) }
    defer { withExtendedLifetime(arrangement) {} }
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
      throw .unreadable("demonstration", "the demonstration's own data are not readable")
    }
    self.cast = cast
    self.console = console
    clock = ManualClock(start)
    registry = ReferenceRegistry(demographics: Demographics(unlistedNumbers: .trusted), clock: clock, seed: 1)
    line = FaultyRegistry(registry, clock: clock)
    outbox = try await DemoOutbox(registry: line, sink: sink, clock: clock)
    guard let service = try? TriageService(registry: line, notices: outbox.sink, clock: clock) else {
      throw .unreadable("demonstration", "the demonstration's own policy makes no sense")
    }
    self.service = service
  }

  func run() async throws(CommandFailure) {
    try console.write(Rehearsal.line, .caution)
    try loadUploads()
    try title("Afternoon and evening")
    for arrival in cast.evening { try await show(arrival) }
    try title("The registry goes down")
    line.play(.init(.fails(RegistryError(.unavailable)), on: .every))
    try await show(cast.outage)
    try console.write("       Kept in the outbox, on the disk: \(outbox.pending) to be delivered.", .quiet)
    try title("The registry is back, and is told of the visit it missed")
    line.play(.init())
    try await declareMissed()
    for arrival in cast.morning { try await show(arrival) }
    try title("Who saw a child before, at a glance")
    try await showHistory("999 013 5347", "Maya Osei-Bonsu, 5")
    try title("What the local authorities are told")
    try showNotices()
    try title("What the trust's own safeguarding team is told")
    try showSafeguarding()
  }

  private func loadUploads() throws(CommandFailure) {
    try title("This morning's uploads from the local authorities")
    for bytes in [PackageResources.tower_hamlets_xml, PackageResources.leeds_xml, PackageResources.kent_xml] {
      let result: UploadAcknowledgement
      do throws(UploadReadingError) {
        result = try UploadFiles.load(bytes, into: registry)
      } catch {
        throw .unreadable("demonstration", "a sample upload is not readable: \(error.displayText)")
      }
      let file = result.fileID.map { "file \($0)" } ?? "a file whose id could not be read"
      let count = result.recordCount.map { " of \($0)" } ?? ""
      try console.write(
        "\(result.recipient.name): \(file), \(result.loadedCount)\(count) records "
          + "loaded (\(result.fileCode.rawValue))")
    }
  }

  private func show(_ arrival: Arrival) async throws(CommandFailure) {
    if let time = CivilTime(compact: arrival.time) { clock.set(UnitedKingdomTime.instant(of: time)) }
    let now = UnitedKingdomTime.civilTime(at: clock.now)
    let context = AccessContext(
      author: .worker(arrival.worker), organisation: cast.trust, setting: arrival.setting, tracing: .verified,
      visit: arrival.visit)
    let outcome = await service.check(arrival.number, in: context)
    try console.write()
    try console.write("\(now.clockText)  \(arrival.setting.displayText) · \(arrival.patient)", .title)
    try console.write("       \(arrival.role): \(arrival.note)", .quiet)
    try console.write(indented(outcome.displayText), outcome.style)
    try await outbox.drain()
  }

  /// The outbox delivers what it kept, and the registry's own record shows the access as it happened.
  private func declareMissed() async throws(CommandFailure) {
    if let time = CivilTime(compact: cast.registryReturns) { clock.set(UnitedKingdomTime.instant(of: time)) }
    try await outbox.drain()
    let clockText = UnitedKingdomTime.civilTime(at: clock.now).clockText
    try console.write("\(clockText)  The outbox hands on what it kept: \(outbox.pending) left", .title)
    guard let number = try? NHSNumber(parsing: cast.outage.number) else { return }
    guard case .known(let known, _) = await service.accessHistory(for: number, in: historyContext) else { return }
    for access in known.entries {
      let time = UnitedKingdomTime.civilTime(at: access.time).clockText
      try console.write("       Declared: the visit of \(time), by \(access.viewerName)")
    }
  }

  private var historyContext: AccessContext {
    AccessContext(
      author: .worker(cast.nurse), organisation: cast.trust, setting: .emergencyDepartment, tracing: .verified)
  }

  private func showHistory(_ number: String, _ patient: String) async throws(CommandFailure) {
    guard let number = try? NHSNumber(parsing: number) else { return }
    try console.write(patient)
    try console.write(indented(await service.accessHistory(for: number, in: historyContext).displayText))
  }

  private func showNotices() throws(CommandFailure) {
    registry.closeWindow()
    for notice in registry.takeNotices() {
      guard case .accessToService(let notification) = notice else { continue }
      try console.write("To \(notification.recipient.name): \(notification.total.counted("access", "accesses"))")
      for group in notification.groups {
        for access in group.accesses {
          let time = UnitedKingdomTime.civilTime(at: access.time).displayText
          let child = access.localID.map { "your reference \($0)" } ?? "without a reference of yours"
          try console.write(
            "   \(time)  \([access.author.displayName, access.author.displayRole].compactMap(\.self).joined(separator: ", ")), "
              + "\(access.organisation.name): \(child), file \(group.fileID)")
        }
      }
    }
  }

  private func showSafeguarding() throws(CommandFailure) {
    for case .safeguarding(let notice) in sink.notices {
      let time = UnitedKingdomTime.civilTime(at: notice.access.time).displayText
      let kinds = Set(notice.plans.map(\.kind.abbreviation)).sorted().joined(separator: ", ")
      try console.write(
        "   \(time)  \(notice.access.context.setting.displayText): \(kinds), checked by "
          + notice.access.context.author.displayName + (notice.isRepeat ? " (same visit)" : ""))
    }
  }

  private func title(_ text: String) throws(CommandFailure) {
    try console.write()
    try console.write(text, .title)
    try console.write(String(repeating: "─", count: text.count), .quiet)
  }

  private func indented(_ text: String) -> String {
    text.split(separator: "\n").map { "       \($0)" }.joined(separator: "\n")
  }
}

/// The demonstration's outbox, in a temporary folder that is removed at the end.
private struct DemoOutbox {
  private let outbox: Outbox
  private let store: FileOutboxStore
  let folder: URL

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
      throw .unreadable(
        error.code.rawValue, "no outbox could be made in a temporary folder (\(error.code.rawValue))")
    }
  }

  var sink: any NotificationSink { outbox }

  /// How many notices are yet to be delivered.
  var pending: UInt64 { outbox.counters.pending }

  /// Delivers what is due. In a host, `run()` does so by itself.
  func drain() async throws(CommandFailure) {
    do throws(OutboxError) { try await outbox.drain() } catch {
      throw .unreadable(
        error.code.rawValue, "the outbox in a temporary folder stopped (\(error.code.rawValue))")
    }
  }

  func remove() async {
    await store.close()
    Self.remove(folder)
  }

  /// Removes the folder, also while something is still written there: then it takes more than one try.
  static func remove(_ folder: URL) {
    for _ in 0..<3 {
      do {
        try FileManager.default.removeItem(at: folder)
        return
      } catch {
        continue
      }
    }
  }
}
