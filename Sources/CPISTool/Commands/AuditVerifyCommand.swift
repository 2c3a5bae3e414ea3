import CPISAudit

/// `cpis audit verify`: whether every link of an audit log holds.
struct AuditVerifyCommand: Command {
  static let words = ["audit", "verify"]
  static let summary = "check every link of an audit log, and compare it with heads kept elsewhere"
  static let help = """
    cpis audit verify FOLDER [--head HEAD]... [--json]

    Checks each link of the audit log in FOLDER, across all its segments, and names the first record that does not
    hold. When all holds it shows the log's head: keep that elsewhere. It changes nothing, and the log may be open meanwhile.
    A folder that is a link, another user's or open to others is read, and is not trusted.

      --head HEAD   a head that was kept elsewhere, "COUNT HASH" as this command shows it; may be given several times.
                    Without one, a log that was cut short or rewritten cannot be detected
      --json        write one JSON object, with the verdict, the findings and an error as codes

    Exit codes: 0 everything holds · 1 broken, damaged, not trusted, or not confirmed by the heads · 2 wrong usage ·
                4 no readable audit log there · 6 output could not be written
    """

  static func run(_ words: [String], _ console: Console) async throws(CommandFailure) -> ExitCode {
    let arguments = try Arguments(words, options: ["--head": .each, "--json": .none])
    guard arguments.rest.count == 1 else { throw .usage("give one folder") }
    let folder = arguments.rest[0]
    var heads: [AuditHead] = []
    for text in arguments.all("--head") { heads.append(try head(text)) }
    let verification: AuditVerification
    do throws(AuditError) {
      verification = try await AuditLog.verify(folder: folder, against: heads)
    } catch {
      throw .unreadable(error.code.rawValue, "\(Repeating.path(folder)): \(error.whyNotRead)")
    }
    if arguments.has("--json") {
      try console.write(json: AuditReport(verification))
    } else {
      try report(verification, console)
    }
    return verification.isSound ? .success : .faultsFound
  }

  private static func head(_ text: String) throws(CommandFailure) -> AuditHead {
    let parts = text.split(separator: " ")
    guard parts.count == 2, let count = UInt64(parts[0]), parts[1].utf8.count == 64,
      parts[1].allSatisfy(\.isHexDigit)
    else { throw .usage("--head needs a count and 64 hexadecimal digits, in quotes") }
    return AuditHead(count: count, hash: parts[1].lowercased())
  }

  private static func report(_ verification: AuditVerification, _ console: Console) throws(CommandFailure) {
    let needsAttention = verification.findings.contains(where: \.needsAttention)
    switch verification.verdict {
    case .intact(let head) where !needsAttention:
      try console.write("Audit: every link holds (records: \(head.count)). Keep its head elsewhere:")
      try console.write(head.description)
    case .intact(let head):
      // The verdict comes first. A head of a log that somebody else may have written is not one to keep.
      let isDistrusted = verification.findings.contains(where: \.isDistrust)
      try console.write("Audit: \(isDistrusted ? "NOT trusted" : "NOT sound"): see the findings.", .alarm)
      try console.write("What is there: every link holds (records: \(head.count)).")
    case .broken(let record): try console.write("Audit: BROKEN, first at record \(record)", .alarm)
    case .headDiffers(let head):
      try console.write(
        "Audit: the log does NOT match a head kept elsewhere: it was cut short or rewritten "
          + "(records: \(head.count))", .alarm)
    }
    for head in verification.differingHeads {
      try console.write("The head that does not match: \(head)", .alarm)
    }
    if verification.firstRecord > 1 {
      let isWhole = if case .broken = verification.verdict { false } else { true }
      try console.write(
        "Records before \(verification.firstRecord) are not here: "
          + (isWhole ? "whole segments were taken away" : "they were taken away, or cannot be read"), .caution)
    }
    if !verification.olderHeads.isEmpty {
      try console.write(
        "Heads from before that, which cannot be compared: \(verification.olderHeads.count)", .caution)
    }
    for finding in verification.findings {
      try console.write(
        (finding.needsAttention ? "Look at this: " : "Found: ") + finding.description,
        finding.needsAttention ? .alarm : nil)
    }
  }
}

/// What verifying came to, as JSON.
private struct AuditReport: Encodable {
  let isSound: Bool
  let verdict: String
  /// The log's own end; absent when the chain is broken. Keep it only when `isSound`.
  var head: String?
  var firstBrokenRecord: UInt64?
  let differingHeads: [String]
  let firstRecord: UInt64
  let olderHeads: [String]
  let findings: [ReportedFinding]

  init(_ verification: AuditVerification) {
    isSound = verification.isSound
    switch verification.verdict {
    case .intact(let head):
      verdict = "intact"
      self.head = head.description
    case .broken(let record):
      verdict = "broken"
      firstBrokenRecord = record
    case .headDiffers(let head):
      verdict = "headDiffers"
      self.head = head.description
    }
    differingHeads = verification.differingHeads.map(\.description)
    firstRecord = verification.firstRecord
    olderHeads = verification.olderHeads.map(\.description)
    findings = verification.findings.map {
      ReportedFinding(
        code: $0.isDistrust ? "notTrusted" : nil, needsAttention: $0.needsAttention, text: $0.description)
    }
  }
}

extension AuditError {
  /// Why a folder could not be read, for the person who named it.
  fileprivate var whyNotRead: String {
    switch code {
    case .notFound: "no such folder"
    case .notAnAuditLog: "no audit log is in this folder; it is not one's, or nothing was ever opened there"
    case .notPermitted: "this user may not read it; an audit log's folder is its owner's alone"
    case .notTrusted: "not a folder, or a link, something else or an oversized file stands in the place of a file"
    case .earlierVersion:
      "written by an earlier version of swift-cpis, in a form no longer read; use that version's tool"
    case .laterVersion: "written by a later version of swift-cpis; use that version's tool"
    case .diskFailed: "the disk failed while it was read, or segments were taken away meanwhile; try again"
    default: "could not be read (\(code.rawValue))"
    }
  }
}
