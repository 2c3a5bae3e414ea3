/// Something about a log that its owner should know. It holds nothing of a frame's content, and no foreign file's name.
package enum LogFinding: Hashable, Sendable {
  /// The end of the last segment was the beginning of the frame that would be next, or zeros, as a power cut leaves
  /// it: nobody was told that it was safe. It is cut off.
  case tornTail(segment: UInt64, bytes: Int)
  /// A file was not finished when the process ended. It is removed.
  case unfinishedFile
  /// Segments that a later start afresh made obsolete were still there. They are removed.
  case obsoleteSegments(Int)
  /// Files that are not ours. They are left alone.
  case foreignFiles(Int)
  /// Quarantine files of earlier damage are there.
  case quarantineFiles(Int)

  /// One bit of a frame had turned, and was turned back.
  case repaired(sequence: UInt64)
  /// Bytes that are no frame, or a frame out of place, were set aside in a quarantine file. None: all of a segment
  /// is gone, and an empty quarantine file says so.
  case quarantined(segment: UInt64, offset: Int, bytes: Int)
  /// Frames that should be there are not. A quarantine file, empty when nothing is left of them, keeps that in sight.
  case missing(from: UInt64, through: UInt64)
  /// The segment does not begin with the start that its name says, or has another start within it.
  case misplacedStart(segment: UInt64)

  /// Whether it tells of damage, as opposed to what crashes leave behind.
  package var isDamage: Bool {
    switch self {
    case .tornTail, .unfinishedFile, .obsoleteSegments, .foreignFiles, .quarantineFiles: false
    case .repaired, .quarantined, .missing, .misplacedStart: true
    }
  }
}

extension LogFinding: CustomStringConvertible {
  /// The finding in a sentence.
  package var description: String {
    switch self {
    case .tornTail(let segment, let bytes): "segment \(hex16(segment)): unfinished end of \(bytes) bytes"
    case .unfinishedFile: "a file was not finished"
    case .obsoleteSegments(let count): "\(count) obsolete \(count == 1 ? "segment" : "segments")"
    case .foreignFiles(let count): "\(count) \(count == 1 ? "file that is" : "files that are") not ours, left alone"
    case .quarantineFiles(let count): "\(count) quarantine \(count == 1 ? "file" : "files") of earlier damage"
    case .repaired(let sequence): "frame \(sequence): one bit had turned, and can be turned back"
    case .quarantined(let segment, _, bytes: 0): "segment \(hex16(segment)): it is empty, and what it held is gone"
    case .quarantined(let segment, let offset, let bytes):
      "segment \(hex16(segment)), byte \(offset): \(bytes) bytes are no frame of this place; opening sets them aside"
    case .missing(let first, let last):
      first == last ? "frame \(first): it is missing" : "frames \(first) to \(last): they are missing"
    case .misplacedStart(let segment): "segment \(hex16(segment)): it does not begin where its name says, or twice"
    }
  }
}

/// Why a log could not do what it was asked.
package enum LogError: Error, Hashable, Sendable {
  /// The disk refused. An open log is as it was, and may be asked again; while it is being opened it must be closed.
  case disk(FileSystemError)
  /// The disk failed in a way after which nothing is known about what is on it; or the folder was removed, or
  /// its lock or the last segment was removed, moved or replaced. Open the log anew.
  case stopped
  /// It was closed.
  case closed
  /// Another has the folder open.
  case inUse
  /// The payload is longer than a frame's may be, or the segment would be longer than any of ours.
  case full
  /// An earlier version wrote it. It is left as it is.
  case earlierVersion
  /// A later version wrote it. It is left as it is.
  case laterVersion
}
