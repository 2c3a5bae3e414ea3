import CPISAudit

/// `cpis audit verify`: whether every link of an audit log holds.
struct AuditVerifyCommand: Command {
  static let words = ["audit", "verify"]
  static let summary = "check every link of an audit log, and compare it with heads kept elsewhere"
  static let help = """
    cpis audit verify FOLDER [--head HEAD]...

    Checks each link of the audit log in FOLDER, across all its segments, and names the first record that does not
    hold. It shows the log's head: keep that elsewhere. It changes nothing, and the log may be open meanwhile.
    A folder that is a link, another user's or open to others is read, and is not trusted.

      --head HEAD   a head that was kept elsewhere, "COUNT HASH" as this command shows it; may be given several times.
                    Without one, a log that was cut short or written anew cannot be detected

    Exit codes: 0 everything holds · 1 broken, damaged, not trusted, or not confirmed by the heads · 2 wrong usage ·
                4 no readable audit log there
    """

  static func run(_ words: [String], _ console: Console) async throws(CommandFailure) -> ExitCode {
    let arguments = try Arguments(words, options: ["--head": .each])
    guard arguments.rest.count == 1 else { throw .usage("give one folder") }
    let folder = arguments.rest[0]
    var heads: [AuditHead] = []
    for text in arguments.all("--head") { heads.append(try head(text)) }
    do throws(AuditError) {
      return report(try await AuditLog.verify(folder: folder, against: heads), console) ? .success : .faultsFound
    } catch {
      throw .unreadable("\(Repeating.path(folder)): \(error.whyNotRead)")
    }
  }

  private static func head(_ text: String) throws(CommandFailure) -> AuditHead {
    let parts = text.split(separator: " ")
    guard parts.count == 2, let count = UInt64(parts[0]), parts[1].utf8.count == 64,
      parts[1].allSatisfy(\.isHexDigit)
    else { throw .usage("--head needs a count and 64 hexadecimal digits, in quotes") }
    return AuditHead(count: count, hash: parts[1].lowercased())
  }

  private static func report(_ verification: AuditVerification, _ console: Console) -> Bool {
    switch verification.verdict {
    case .intact(let head):
      console.write("Audit: every link holds (records: \(head.count)). Keep its head elsewhere:")
      console.write(head.description)
    case .broken(let record): console.write("Audit: BROKEN, first at record \(record)", .alarm)
    case .headDiffers(let head):
      console.write(
        "Audit: its links hold, but do NOT lead through a head that was kept: it was cut short or written anew "
          + "(records: \(head.count))", .alarm)
    }
    if verification.firstRecord > 1 {
      let isWhole = if case .broken = verification.verdict { false } else { true }
      console.write(
        "Records before \(verification.firstRecord) are not here: "
          + (isWhole ? "whole segments were taken away" : "they were taken away, or cannot be read"), .caution)
    }
    if !verification.olderHeads.isEmpty {
      console.write("Heads from before that, which cannot be compared: \(verification.olderHeads.count)", .caution)
    }
    for finding in verification.findings {
      console.write(
        (finding.needsAttention ? "Look at this: " : "Found: ") + finding.description,
        finding.needsAttention ? .alarm : nil)
    }
    return verification.isSound
  }
}

extension AuditError {
  /// Why a folder could not be read, for the person who named it.
  fileprivate var whyNotRead: String {
    switch code {
    case .notFound: "no audit log is in this folder"
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
