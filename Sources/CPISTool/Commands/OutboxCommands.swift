import CPISOutbox
import Foundation

/// `cpis outbox inspect`: what an outbox holds, without naming a patient.
struct OutboxInspectCommand: Command {
  static let words = ["outbox", "inspect"]
  static let summary = "show what an outbox's folder holds, without naming a patient"
  static let help = """
    cpis outbox inspect FOLDER

    Shows how many items were accepted, delivered and parked, how many are pending and how old the oldest are, each
    parked item with its reason, the segments of the journal, and any damage. It changes nothing and does not disturb
    an outbox that has the folder open. Items are shown by kind and id, and no patient is named.
    A folder that is a link, another user's or open to others is read, and is not trusted.

    Exit codes: 0 sound · 1 damaged, not trusted, or bytes set aside · 2 wrong usage · 4 no readable outbox there
    """

  static func run(_ words: [String], _ console: Console) async throws(CommandFailure) -> ExitCode {
    let arguments = try Arguments(words, options: [:])
    guard arguments.rest.count == 1 else { throw .usage("give one folder") }
    let folder = arguments.rest[0]
    do throws(OutboxError) {
      let inspection = try OutboxInspection.inspect(folder: folder)
      console.write(inspection.displayText(at: Date()), inspection.isSound ? nil : .caution)
      return inspection.isSound ? .success : .faultsFound
    } catch {
      throw .unreadable("\(Repeating.path(folder)): \(error.whyNotRead)")
    }
  }
}

/// `cpis outbox verify`: whether every frame of an outbox's journal holds.
struct OutboxVerifyCommand: Command {
  static let words = ["outbox", "verify"]
  static let summary = "check every frame of an outbox's journal"
  static let help = """
    cpis outbox verify FOLDER

    Checks each frame of the journal in FOLDER: its checksum, its number, its place in the chain and the counters it
    states. It names the first place that does not hold, and changes nothing.
    Bytes that an outbox set aside in quarantine files wait for a person; while they are there, the exit code is 1.
    A folder that is a link, another user's or open to others is read, and is not trusted.

    Exit codes: 0 everything holds · 1 damaged, not trusted, or bytes set aside · 2 wrong usage ·
                4 no readable outbox there
    """

  static func run(_ words: [String], _ console: Console) async throws(CommandFailure) -> ExitCode {
    let arguments = try Arguments(words, options: [:])
    guard arguments.rest.count == 1 else { throw .usage("give one folder") }
    let folder = arguments.rest[0]
    do throws(OutboxError) {
      return report(try OutboxInspection.inspect(folder: folder), console) ? .success : .faultsFound
    } catch {
      throw .unreadable("\(Repeating.path(folder)): \(error.whyNotRead)")
    }
  }

  private static func report(_ journal: OutboxInspection, _ console: Console) -> Bool {
    let frames = journal.segments.reduce(0) { $0 + $1.frames }
    let size = "(segments: \(journal.segments.count), frames: \(frames))"
    let broken = journal.findings.first(where: \.isDamage)
    if let broken {
      console.write("Journal: BROKEN, first at \(broken) \(size)", .alarm)
    } else if !journal.counters.areBalanced {
      console.write("Journal: every frame holds, but the counters do NOT balance \(size)", .alarm)
    } else {
      console.write("Journal: every frame holds \(size)")
    }
    if journal.verdict == .notTrusted || journal.verdict == .quarantined {
      console.write("Journal: \(journal.verdict.displayText)", .caution)
    }
    console.write("Counters: \(journal.counters)")
    if journal.counters.lost > 0 { console.write("Lost to damage: \(journal.counters.lost)", .caution) }
    for finding in journal.findings where !finding.isDamage { console.write("Found: \(finding)") }
    if journal.isInUse == true { console.write("An outbox has the folder open: this is the state of a moment") }
    return journal.isSound
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
    case .laterVersion: "written by a later version of swift-cpis; use that version's tool"
    case .diskFailed: "the disk failed while it was read, or an outbox was changing it all the while; try again"
    default: "could not be read (\(code.rawValue))"
    }
  }
}
