internal import CPISFiles

/// Something about a journal that its owner should know. It holds no payload, no path and no foreign file's name.
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
  /// Quarantine files of earlier damage are there. They may hold patients: remove them once they were looked at.
  case quarantineFiles(Int)
  /// The folder is open to others, another user's, or a link. A store is not opened in it.
  case notTrusted

  /// One bit of a frame had turned, and was turned back. Nothing is lost, but the disk is not to be trusted.
  case repaired(sequence: UInt64)
  /// Bytes that are no frame, or a frame out of place, were set aside in a quarantine file. None: all of a segment
  /// is gone, and an empty quarantine file says so.
  case quarantined(segment: UInt64, offset: Int, bytes: Int)
  /// Frames that should be there are not. What was in them may be lost: see ``OutboxCounters/lost``. A quarantine
  /// file, empty when nothing is left of them, keeps that in sight.
  case missing(from: UInt64, through: UInt64)
  /// The counters written with a frame are not what its changes lead to.
  case countersDiffer(sequence: UInt64)

  /// Whether it tells of damage, as opposed to what crashes leave behind.
  public var isDamage: Bool {
    switch self {
    case .tornTail, .unfinishedFile, .obsoleteSegments, .foreignFiles, .quarantineFiles, .notTrusted: false
    case .repaired, .quarantined, .missing, .countersDiffer: true
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
      }
  }
}

extension JournalFinding: CustomStringConvertible {
  /// The finding in a sentence.
  public var description: String {
    switch self {
    case .tornTail(let segment, let bytes):
      "segment \(hex16(segment)): unfinished end of \(bytes) bytes, never acknowledged"
    case .unfinishedFile: "a file was not finished"
    case .obsoleteSegments(let count): "\(count) obsolete \(count == 1 ? "segment" : "segments")"
    case .foreignFiles(let count): "\(count) \(count == 1 ? "file that is" : "files that are") not ours, left alone"
    case .quarantineFiles(let count):
      "\(count) quarantine \(count == 1 ? "file" : "files"), which may hold patients"
    case .notTrusted: "the folder is open to others, another user's, or a link: no outbox is opened in it"
    case .quarantined(let segment, _, bytes: 0): "segment \(hex16(segment)): it is empty, and what it held is gone"
    case .repaired(let sequence): "frame \(sequence): one bit had turned, and can be turned back"
    case .quarantined(let segment, let offset, let bytes):
      "segment \(hex16(segment)), byte \(offset): \(bytes) bytes are no frame of this place; opening sets them aside"
    case .missing(let first, let last):
      first == last ? "frame \(first): it is missing" : "frames \(first) to \(last): they are missing"
    case .countersDiffer(let sequence): "frame \(sequence): the counters differ"
    }
  }
}
