import CPISOutbox
import Foundation

/// `cpis outbox inspect`: what an outbox holds, without naming a patient.
struct OutboxInspectCommand: Command {
  static let words = ["outbox", "inspect"]
  static let summary = "show what an outbox's folder holds, without naming a patient"
  static let help = """
    cpis outbox inspect FOLDER [--json]

    Shows how many items were accepted, delivered and parked, how many are pending and how old the oldest are, each
    parked item with its reason, the segments of the journal, and any damage. It changes nothing and does not disturb
    an outbox that has the folder open. Items are shown by kind and id, and no patient is named.
    A folder that is a link, another user's or open to others is read, and is not trusted.

    A parked notice is not delivered until somebody retries or discards it: 'cpis outbox retry' and 'cpis outbox discard',
    or Outbox.retry(_:) and Outbox.discard(_:). While one is parked, that comes first, and the exit code is 7. So it is
    while nobody seems to deliver: nothing that waits was ever tried, for five minutes or longer. A long backlog looks the same.
    Items lost to earlier damage are told, and are history: they do not change the exit code.

      --json   write one JSON object, with the verdict, the findings and an error as codes

    Exit codes: 0 sound · 1 damaged, not trusted, or bytes set aside · 2 wrong usage · 4 no readable outbox there ·
                6 output could not be written · 7 sound, but notices are parked or nobody seems to deliver
    """

  static func run(_ words: [String], _ console: Console) async throws(CommandFailure) -> ExitCode {
    let (journal, isJSON) = try OutboxFolderReading.inspect(words)
    let now = Date()
    let needsNobody = journal.verdict == .sound && !journal.nobodyDelivers(at: now)
    if isJSON {
      try console.write(json: OutboxReport(journal, at: now))
    } else {
      try console.write(journal.displayText(at: now), needsNobody ? nil : .caution)
    }
    return journal.verdict == .sound && !needsNobody ? .waitingNotices : journal.verdict.exitCode
  }
}

/// `cpis outbox verify`: whether every frame of an outbox's journal holds.
struct OutboxVerifyCommand: Command {
  static let words = ["outbox", "verify"]
  static let summary = "check every frame of an outbox's journal"
  static let help = """
    cpis outbox verify FOLDER [--json]

    Checks each frame of the journal in FOLDER: its checksum, its number, its place in the chain and the counters it
    states. It names the first place that does not hold, and changes nothing.
    Bytes that an outbox set aside in quarantine files need someone to look at them; while they are there, the exit code is 1.
    A folder that is a link, another user's or open to others is read, and is not trusted.

    While a notice is parked, that comes first, and the exit code is 7: see 'cpis help outbox inspect'.
    Items lost to earlier damage are told, and are history: they do not change the exit code.

      --json   write one JSON object, as 'cpis outbox inspect --json' does

    Exit codes: 0 everything holds · 1 damaged, not trusted, or bytes set aside · 2 wrong usage ·
                4 no readable outbox there · 6 output could not be written · 7 all holds, but notices are parked
    """

  static func run(_ words: [String], _ console: Console) async throws(CommandFailure) -> ExitCode {
    let (journal, isJSON) = try OutboxFolderReading.inspect(words)
    if isJSON { try console.write(json: OutboxReport(journal, at: Date())) } else { try report(journal, console) }
    return journal.verdict.exitCode
  }

  private static func report(_ journal: OutboxInspection, _ console: Console) throws(CommandFailure) {
    let frames = journal.segments.reduce(0) { $0 + $1.frames }
    let size = "(segments: \(journal.segments.count), frames: \(frames))"
    let broken = journal.findings.first(where: \.isDamage)
    // The verdict comes first.
    if journal.verdict == .notTrusted || journal.verdict == .quarantined {
      try console.write("Journal: \(journal.verdict.displayText)", .caution)
    }
    if broken == nil, journal.counters.areBalanced, let parked = journal.parkedText {
      try console.write(parked, .caution)
    }
    if let broken {
      try console.write("Journal: BROKEN, first at \(broken) \(size)", .alarm)
    } else if !journal.counters.areBalanced {
      try console.write("Journal: every frame holds, but the counters do NOT balance \(size)", .alarm)
    } else {
      try console.write("Journal: every frame holds \(size)")
    }
    if broken != nil || !journal.counters.areBalanced, let parked = journal.parkedText {
      try console.write(parked, .caution)
    }
    try console.write("Counters: \(journal.counters)")
    if journal.counters.lost > 0 { try console.write("Lost to damage: \(journal.counters.lost)", .caution) }
    for finding in journal.findings where !finding.isDamage { try console.write("Found: \(finding)") }
    if journal.isInUse == true { try console.write("An outbox has the folder open: this is the state of a moment") }
  }
}

/// Reads the folder that a command is given.
enum OutboxFolderReading {
  /// The folder's state, and whether JSON is asked for.
  static func inspect(_ words: [String]) throws(CommandFailure) -> (journal: OutboxInspection, isJSON: Bool) {
    let arguments = try Arguments(words, options: ["--json": .none])
    guard arguments.rest.count == 1 else { throw .usage("give one folder") }
    return (try inspect(folder: arguments.rest[0]), arguments.has("--json"))
  }

  static func inspect(folder: String) throws(CommandFailure) -> OutboxInspection {
    do throws(OutboxError) {
      return try OutboxInspection.inspect(folder: folder)
    } catch {
      throw failure(folder, error)
    }
  }

  static func failure(_ folder: String, _ error: OutboxError) -> CommandFailure {
    .unreadable(error.code.rawValue, "\(Repeating.path(folder)): \(error.whyNotRead)")
  }
}

extension OutboxInspection.Verdict {
  var exitCode: ExitCode {
    switch self {
    case .damaged, .notTrusted, .quarantined: .faultsFound
    case .parked: .waitingNotices
    case .sound: .success
    }
  }
}

/// What an outbox's folder holds, as JSON.
private struct OutboxReport: Encodable {
  struct Counters: Encodable {
    let accepted, delivered, discarded, parked, pending, lost: UInt64
  }

  struct Pending: Encodable {
    let kind: String
    let count: Int
    let oldestAcceptedAt: Date
  }

  struct Parked: Encodable {
    let kind, id: String
    let acceptedAt, since: Date
    let reason: String
    let tries: UInt32
  }

  let verdict: String
  let isInUse: Bool?
  let nobodyDelivers: Bool
  let counters: Counters
  let areCountersBalanced: Bool
  let segments, frames, bytes: Int
  let pending: [Pending]
  let parked: [Parked]
  let findings: [ReportedFinding]

  init(_ journal: OutboxInspection, at now: Date) {
    verdict = journal.verdict.code
    isInUse = journal.isInUse
    nobodyDelivers = journal.nobodyDelivers(at: now)
    let all = journal.counters
    counters = Counters(
      accepted: all.accepted, delivered: all.delivered, discarded: all.discarded, parked: all.parked,
      pending: all.pending, lost: all.lost)
    areCountersBalanced = all.areBalanced
    segments = journal.segments.count
    frames = journal.segments.reduce(0) { $0 + $1.frames }
    bytes = journal.segments.reduce(0) { $0 + $1.bytes }
    pending = OutboxItem.Kind.allCases.compactMap { kind in
      let items = journal.items.filter { $0.key.kind == kind && $0.parking == nil }
      return items.map(\.acceptedAt).min().map {
        Pending(kind: kind.code, count: items.count, oldestAcceptedAt: $0)
      }
    }
    parked = journal.items.compactMap { item in
      item.parking.map {
        Parked(
          kind: item.key.kind.code, id: item.key.id.uuidString, acceptedAt: item.acceptedAt, since: $0.since,
          reason: $0.reason.rawValue, tries: item.tries.count)
      }
    }
    findings = journal.findings.map { finding in
      let isQuarantine = if case .quarantineFiles = finding { true } else { false }
      return ReportedFinding(
        code: finding.code,
        needsAttention: finding.isDamage || isQuarantine || finding.code.hasPrefix("notTrusted"),
        text: finding.description)
    }
  }
}

extension OutboxError {
  /// Why a folder could not be read, for the person who named it.
  fileprivate var whyNotRead: String {
    switch code {
    case .notFound: "no such folder"
    case .notAnOutbox: "no journal is in this folder; it is not an outbox's, or nothing was ever opened there"
    case .notReadable: "this user may not read it; an outbox's folder is its owner's alone"
    case .notTrusted: "not a folder, or a link, something else or an oversized file stands in the place of a file"
    case .earlierVersion:
      "written by an earlier version of swift-cpis, in a form no longer read; use that version's tool"
    case .inUse: "an outbox has the folder open; decide there, or stop it first"
    case .notWritable: "this user may not write it; an outbox's folder is its owner's alone"
    case .laterVersion: "written by a later version of swift-cpis; use that version's tool"
    case .diskFailed: "the disk failed while it was read, or an outbox was changing it all the while; try again"
    default: "could not be read (\(code.rawValue))"
    }
  }
}
