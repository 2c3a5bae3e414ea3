internal import CPISFiles

/// The end of an audit log: how many records it has, and the hash that all of them lead to.
///
/// Keep it somewhere else now and then, out of reach of whoever can write the log. Against a head kept elsewhere
/// even a log that was cut short or written anew is found out; without one, only changes in the middle are.
public struct AuditHead: Hashable, Sendable {
  /// How many records.
  public let count: UInt64
  /// The hash of the last, as 64 hexadecimal digits; zeros when there is none.
  public let hash: String

  /// Makes a head, from where it was kept.
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
  /// Whether it tells of damage, as opposed to what crashes leave behind.
  public let isDamage: Bool
  private let text: String

  init(_ finding: LogFinding) {
    isDamage = finding.isDamage
    text =
      switch finding {
      case .tornTail(let segment, let bytes):
        "segment \(hex16(segment)): unfinished end of \(bytes) bytes, never acknowledged"
      case .unfinishedFile: "a file was not finished"
      case .obsoleteSegments(let count): "\(count) older segments"
      case .foreignFiles(let count):
        "\(count) \(count == 1 ? "file that is" : "files that are") not ours, left alone"
      case .quarantineFiles(let count): "\(count) quarantine \(count == 1 ? "file" : "files") of earlier damage"
      case .repaired(let sequence): "frame \(sequence): one bit has turned, and is read turned back"
      case .quarantined(let segment, let offset, let bytes):
        "segment \(hex16(segment)), byte \(offset): \(bytes) bytes are no frame of this place"
      case .missing(let first, let last): "frames \(first) to \(last): they are missing"
      }
  }
}

extension AuditFinding: CustomStringConvertible {
  /// The finding in a sentence.
  public var description: String { text }
}

/// What checking an audit log came to.
public struct AuditVerification: Hashable, Sendable {
  /// What the chain of its records came to.
  public enum Verdict: Hashable, Sendable {
    /// Every link holds, up to this head. An unfinished end, which a crash leaves, was never acknowledged and does not
    /// count.
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
  /// What is to be known about the files.
  public let findings: [AuditFinding]

  /// Whether the chain holds, and no file is damaged.
  public var isSound: Bool {
    if case .intact = verdict { !findings.contains(where: \.isDamage) } else { false }
  }
}
