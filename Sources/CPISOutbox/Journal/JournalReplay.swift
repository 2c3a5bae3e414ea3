internal import CPISFiles

/// Something about a journal that its owner should know. It holds no payload, no path and no foreign file's name.
@nonexhaustive
public enum JournalFinding: Hashable, Sendable {
  /// The end of the last segment was the beginning of the frame that would be next, or zeros, as a power cut leaves
  /// it: nobody was told that it was safe. It is cut off.
  case tornTail(segment: UInt64, bytes: Int)
  /// A file was not finished when the process ended. It is removed.
  case unfinishedFile
  /// Segments that a later table of the journal made obsolete were still there. They are removed.
  case obsoleteSegments(Int)
  /// Files that are not ours. They are left alone.
  case foreignFiles(Int)
  /// Quarantine files of earlier damage are there. They may hold patients: remove them once somebody has looked at
  /// them.
  case quarantineFiles(Int)
  /// The folder is not one that a store is opened in, and why.
  case notTrusted(DistrustCause)

  /// One bit of a frame had turned, and was turned back. Nothing is lost, but the disk is not to be trusted.
  case repaired(sequence: UInt64)
  /// Bytes that are no frame, or a frame out of place, were set aside in a quarantine file. If `bytes` is 0, the
  /// whole segment is gone, and an empty quarantine file marks it.
  case quarantined(segment: UInt64, offset: Int, bytes: Int)
  /// Frames that should be there are not. What was in them may be lost: see ``OutboxCounters/lost``. A quarantine
  /// file, empty when nothing is left of them, keeps that in sight.
  case missing(from: UInt64, through: UInt64)
  /// A segment does not begin with the frame that its name says, or has the beginning of another within it: somebody
  /// renamed it, or joined two. What it holds is read.
  case misplacedStart(segment: UInt64)
  /// The counters written with a frame are not what its changes lead to.
  case countersDiffer(sequence: UInt64)

  /// Whether it tells of damage, as opposed to what crashes leave behind.
  public var isDamage: Bool {
    switch self {
    case .tornTail, .unfinishedFile, .obsoleteSegments, .foreignFiles, .quarantineFiles, .notTrusted: false
    case .repaired, .quarantined, .missing, .misplacedStart, .countersDiffer: true
    }
  }
}

/// Why a folder is not one that a store is opened in.
@nonexhaustive
public enum DistrustCause: Hashable, Sendable, CaseIterable {
  /// It was reached through a link.
  case link
  /// It is another user's.
  case anotherUsers
  /// Others than its owner may enter, list or change it.
  case openToOthers
  /// It was removed while it was looked at.
  case removed
  /// A file of the store in it is another user's, or others may read or change it.
  case files

  init(_ distrust: FolderDistrust) {
    self =
      switch distrust {
      case .link: .link
      case .anotherUsers: .anotherUsers
      case .openToOthers: .openToOthers
      case .removed: .removed
      case .files: .files
      }
  }

  fileprivate var distrust: FolderDistrust {
    switch self {
    case .link: .link
    case .anotherUsers: .anotherUsers
    case .openToOthers: .openToOthers
    case .removed: .removed
    case .files: .files
    }
  }
}

extension JournalFinding {
  /// The finding's kind as a stable word, for logs and programs.
  public var code: String {
    switch self {
    case .tornTail: "tornTail"
    case .unfinishedFile: "unfinishedFile"
    case .obsoleteSegments: "obsoleteSegments"
    case .foreignFiles: "foreignFiles"
    case .quarantineFiles: "quarantineFiles"
    case .notTrusted(.link): "notTrusted.link"
    case .notTrusted(.anotherUsers): "notTrusted.anotherUsers"
    case .notTrusted(.openToOthers): "notTrusted.openToOthers"
    case .notTrusted(.removed): "notTrusted.removed"
    case .notTrusted(.files): "notTrusted.files"
    case .repaired: "repaired"
    case .quarantined: "quarantined"
    case .missing: "missing"
    case .misplacedStart: "misplacedStart"
    case .countersDiffer: "countersDiffer"
    }
  }
}

extension JournalFinding {
  init(_ finding: LogFinding) {
    self =
      switch finding {
      case .tornTail(let segment, let bytes): .tornTail(segment: segment, bytes: bytes)
      case .unfinishedFile: .unfinishedFile
      case .obsoleteSegments(let count): .obsoleteSegments(count)
      case .foreignFiles(let count): .foreignFiles(count)
      case .quarantineFiles(let count): .quarantineFiles(count)
      case .repaired(let sequence): .repaired(sequence: sequence)
      case .quarantined(let segment, let offset, let bytes):
        .quarantined(segment: segment, offset: offset, bytes: bytes)
      case .missing(let first, let last): .missing(from: first, through: last)
      case .misplacedStart(let segment): .misplacedStart(segment: segment)
      }
  }
}

extension JournalFinding: CustomStringConvertible {
  /// The finding in a sentence.
  public var description: String {
    switch self {
    case .tornTail(let segment, let bytes):
      "\(LogFinding.tornTail(segment: segment, bytes: bytes)), never acknowledged"
    case .unfinishedFile: "\(LogFinding.unfinishedFile)"
    case .obsoleteSegments(let count): "\(LogFinding.obsoleteSegments(count))"
    case .foreignFiles(let count): "\(LogFinding.foreignFiles(count))"
    case .quarantineFiles(let count): "\(LogFinding.quarantineFiles(count)), which may hold patients"
    case .notTrusted(let cause): "\(cause.distrust)"
    case .repaired(let sequence): "\(LogFinding.repaired(sequence: sequence))"
    case .quarantined(let segment, let offset, let bytes):
      "\(LogFinding.quarantined(segment: segment, offset: offset, bytes: bytes))"
    case .missing(let first, let last): "\(LogFinding.missing(from: first, through: last))"
    case .misplacedStart(let segment): "\(LogFinding.misplacedStart(segment: segment))"
    case .countersDiffer(let sequence): "frame \(sequence): the counters differ"
    }
  }
}

// MARK: Reading

/// Rebuilds the table from a journal, and finds what is wrong with the journal.
struct JournalReplay: LogReplay {
  private(set) var table: OutboxTable
  /// What is wrong with the counters, with how many findings of the log came before; the log reports damage to frames
  /// itself.
  private var ownFindings: [(before: Int, JournalFinding)] = []
  /// How many findings the log had before the last frame.
  private var findingsBefore = 0
  /// Whether some records could not be read, so that recorded totals can no longer be compared.
  private var isPastGap = false
  /// While the table at the beginning of a fresh log is being read: the totals it must reach, and how many of its
  /// frames are still to come.
  private var unfinishedTable: (totals: OutboxCounters, framesLeft: UInt32, lastSequence: UInt64)?

  init(remembering: Int) { table = OutboxTable(remembering: remembering) }

  func canBegin(with start: LogFrame) -> Bool { JournalRecord(start) != nil }

  /// The log's findings and those about the counters, in the order of the frames.
  func merged(with logFindings: [LogFinding]) -> [JournalFinding] {
    var findings = logFindings.map(JournalFinding.init)
    for (before, finding) in ownFindings.reversed() { findings.insert(finding, at: min(before, findings.count)) }
    return findings
  }

  mutating func take(_ frame: LogFrame) -> Bool {
    guard let record = JournalRecord(frame) else { return false }
    findingsBefore = frame.findingsBefore
    if frame.isAfterGap { isPastGap = true }
    switch record {
    case .segmentStart(let tableFrames, let totals) where tableFrames > 0:
      unfinishedTable = (totals, tableFrames, frame.sequence)
    case .table(let items, let delivered, let totals):
      for item in items { table.restore(item) }
      for key in delivered { table.restoreDelivered(key) }
      let framesLeft = unfinishedTable?.framesLeft ?? 1
      unfinishedTable = (totals, framesLeft - 1, frame.sequence)
      if framesLeft == 1 { finishTable() }
    case .segmentStart(_, let totals):
      finishTable()
      if frame.isAfterGap { table.bridgeGap(totalsAfter: totals) }
      compare(totals, frame.sequence)
    case .changes(let changes, let totals):
      finishTable()
      if frame.isAfterGap { table.bridgeGap(totalsAfter: totals.before(changes)) }
      for change in changes { table.replay(change, isPastGap: isPastGap) }
      compare(totals, frame.sequence)
    }
    return true
  }

  /// Ends at the end of the journal, which after damage may lie in the middle of a table; no crash leaves it so.
  mutating func end() { finishTable() }

  private mutating func finishTable() {
    guard let unfinished = unfinishedTable else { return }
    unfinishedTable = nil
    if unfinished.framesLeft > 0 { isPastGap = true }
    table.finishRestoring(totals: unfinished.totals)
    compare(unfinished.totals, unfinished.lastSequence)
  }

  private mutating func compare(_ totals: OutboxCounters, _ sequence: UInt64) {
    guard !isPastGap, table.counters != totals else { return }
    ownFindings.append((findingsBefore, .countersDiffer(sequence: sequence)))
  }
}
