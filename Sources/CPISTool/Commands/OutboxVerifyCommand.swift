import CPISOutbox
import Foundation

/// `cpis outbox verify`: whether every frame of a journal and every link of an access log holds.
struct OutboxVerifyCommand: Command {
  static let words = ["outbox", "verify"]
  static let summary = "check every frame of an outbox's journal, and every link of an access log"
  static let help = """
    cpis outbox verify FOLDER [--access-log FOLDER] [--head HEAD]

    Checks whatever FOLDER holds: each frame of a journal with its checksum, number and place in the chain, and the
    counters it states; each link of an access log. The first place that does not hold is named. Nothing is changed.
    Bytes that an outbox set aside, in quarantine files, wait for a person: while they are there, not all holds.

      --access-log FOLDER   check the access log in this folder too
      --head HEAD           a head of the access log that was kept elsewhere, "COUNT HASH" as this command writes it;
                            without one, a log that was cut short or written anew cannot be found out

    Exit codes: 0 everything holds · 1 something does not · 2 wrong call · 4 nothing readable there
    """

  static func run(_ words: [String], _ console: Console) async throws(CommandFailure) -> ExitCode {
    let arguments = try Arguments(words, options: ["--access-log": .one, "--head": .one])
    guard arguments.rest.count == 1 else { throw .usage("give one folder") }
    let folder = arguments.rest[0]
    let head = try head(arguments)
    let journal = try journal(folder)
    var logs: [AccessLogVerdict] = []
    for folder in [folder] + arguments.all("--access-log") {
      let isNamed = folder == arguments.value("--access-log")
      if let verdict = try await accessLog(folder, against: head, mustExist: isNamed) { logs.append(verdict) }
    }
    guard journal != nil || !logs.isEmpty else {
      throw .unreadable("\(Repeating.path(folder)): neither a journal nor an access log is in this folder")
    }
    if head != nil, logs.isEmpty { throw .usage("--head is of an access log, and there is none") }
    var holds = true
    if let journal { holds = report(journal, console) }
    for verdict in logs { holds = report(verdict, console) && holds }
    return holds ? .success : .faultsFound
  }

  private static func head(_ arguments: Arguments) throws(CommandFailure) -> AccessLogHead? {
    guard let text = arguments.value("--head") else { return nil }
    let parts = text.split(separator: " ")
    guard parts.count == 2, let count = UInt64(parts[0]), parts[1].utf8.count == 64,
      parts[1].allSatisfy(\.isHexDigit)
    else { throw .usage("--head needs a count and 64 hexadecimal digits, in quotes") }
    return AccessLogHead(count: count, hash: parts[1].lowercased())
  }

  /// - Returns: `nil` when the folder holds no journal.
  private static func journal(_ folder: String) throws(CommandFailure) -> OutboxInspection? {
    do throws(OutboxError) {
      return try OutboxInspection.inspect(folder: folder)
    } catch {
      if error.code == .notAnOutbox { return nil }
      throw .unreadable("\(Repeating.path(folder)): \(error.whyNotRead)")
    }
  }

  /// - Returns: `nil` when the folder holds no access log, and need not.
  private static func accessLog(
    _ folder: String, against head: AccessLogHead?, mustExist: Bool
  ) async throws(CommandFailure) -> AccessLogVerdict? {
    do throws(OutboxError) {
      return try await AccessLog.verify(folder: folder, against: head)
    } catch {
      if error.code == .notFound, !mustExist { return nil }
      let why = error.code == .notFound ? "no access log is there" : error.whyNotRead
      throw .unreadable("\(Repeating.path(folder)): \(why)")
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

  private static func report(_ verdict: AccessLogVerdict, _ console: Console) -> Bool {
    switch verdict {
    case .intact(let head):
      console.write("Access log: every link holds (records: \(head.count)). Keep its head elsewhere:")
      console.write(head.description)
      return true
    case .broken(let record):
      console.write("Access log: BROKEN, first at record \(record)", .alarm)
      return false
    case .headDiffers(let head):
      console.write(
        "Access log: its links hold, but do NOT lead to the head that was kept: it was cut short or written anew "
          + "(records: \(head.count))", .alarm)
      return false
    }
  }
}

extension OutboxError {
  /// Why a folder could not be read, for the person who named it.
  var whyNotRead: String {
    switch code {
    case .notFound: "no such folder"
    case .notAnOutbox: "no journal is in this folder; it is not an outbox's, or nothing was ever opened there"
    case .notReadable: "this user may not read it; an outbox's folder is its owner's alone"
    case .notTrusted: "not a folder, or a link, something else or an oversized file stands in the place of a file"
    case .laterVersion: "written by a later version of swift-cpis; use that version's tool"
    case .diskFailed: "the disk failed while it was read, or an outbox was changing it all the while; try again"
    default: "could not be read (\(code.rawValue))"
    }
  }
}
