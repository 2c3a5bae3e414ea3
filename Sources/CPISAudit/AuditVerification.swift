internal import CPISFiles

/// The end of an audit log: how many records it has, and the hash that all of them lead to.
///
/// Keep it somewhere else now and then, out of reach of whoever can write the log. Against a head kept elsewhere
/// even a log that was cut short or written anew is found out; without one, only changes in the middle are.
public struct AuditHead: Hashable, Sendable {
  /// The number of records.
  public let count: UInt64
  /// The hash of the last, as 64 lower-case hexadecimal digits; zeros when there is none.
  public let hash: String

  /// Makes a head, from where it was kept. A hash with upper-case digits is another one.
  public init(count: UInt64, hash: String) {
    self.count = count
    self.hash = hash
  }
}

extension AuditHead: CustomStringConvertible {
  /// Count and hash, `12 4f9a…`.
  public var description: String { "\(count) \(hash)" }
}

/// Something about an audit log's files that its owner should know.
public struct AuditFinding: Hashable, Sendable {
  /// Whether a person must look at it: damage, bytes that were set aside, or a folder in which no log is opened.
  /// Anything else is what crashes leave behind.
  public let needsAttention: Bool
  /// Whether it says that the folder is one in which no log is opened, and why: whoever else can write there could have
  /// written the whole log.
  public let isDistrust: Bool
  private let text: String

  init(_ finding: LogFinding) {
    isDistrust = false
    switch finding {
    case .quarantineFiles: needsAttention = true
    default: needsAttention = finding.isDamage
    }
    text =
      if case .tornTail = finding {
        "\(finding): a crash leaves this, and so does cutting the log short; only a head tells"
      } else {
        finding.description
      }
  }

  private init(needsAttention: Bool, isDistrust: Bool = false, _ text: String) {
    self.needsAttention = needsAttention
    self.isDistrust = isDistrust
    self.text = text
  }

  /// Every head that was given is from before the first record.
  static let noHeadComparable = AuditFinding(
    needsAttention: true,
    "no head that was given can be compared: all are from before the first record that is here")
  /// The folder is one in which no log is opened.
  static func notTrusted(_ distrust: FolderDistrust) -> AuditFinding {
    AuditFinding(needsAttention: true, isDistrust: true, "\(distrust)")
  }
}

extension AuditFinding: CustomStringConvertible {
  /// The finding in a sentence.
  public var description: String { text }
}

/// What checking an audit log came to.
public struct AuditVerification: Hashable, Sendable {
  /// What the chain of its records came to.
  @nonexhaustive
  public enum Verdict: Hashable, Sendable {
    /// Every link holds, up to this head. An unfinished end, as a crash leaves it, does not count.
    case intact(AuditHead)
    /// The first link that does not hold: the record with this number, from 1, was changed or cannot be read, or one
    /// before it was removed or put in.
    case broken(record: UInt64)
    /// The chain holds, and does not lead through a head that was kept elsewhere: the log was cut short or written
    /// anew.
    case headDiffers(AuditHead)
  }

  /// What the chain came to.
  public let verdict: Verdict
  /// The number of the first record that is there: 1, unless whole segments were taken away from the beginning, as when
  /// what is old enough is moved to an archive.
  public let firstRecord: UInt64
  /// Heads that were kept from before the first record that is there. Nothing can be said of them.
  public let olderHeads: [AuditHead]
  /// Heads that were kept, and that the log does not lead through. One is from after its end, or the log was rewritten.
  public let differingHeads: [AuditHead]
  /// What is to be known about the files.
  public let findings: [AuditFinding]

  /// Whether the chain holds, and nothing about the files needs a person.
  public var isSound: Bool {
    if case .intact = verdict { !findings.contains(where: \.needsAttention) } else { false }
  }
}
