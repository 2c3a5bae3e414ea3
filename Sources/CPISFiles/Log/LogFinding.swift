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

  /// Whether it tells of damage, as opposed to what crashes leave behind.
  package var isDamage: Bool {
    switch self {
    case .tornTail, .unfinishedFile, .obsoleteSegments, .foreignFiles, .quarantineFiles: false
    case .repaired, .quarantined, .missing: true
    }
  }
}

/// Why a log could not do what it was asked.
package enum LogError: Error, Hashable, Sendable {
  /// The disk refused, and what is on it is as it was.
  case disk(FileSystemError)
  /// The disk failed in a way after which nothing is known about what is on it. Open the log anew.
  case stopped
  /// It was closed.
  case closed
  /// Another has the folder open.
  case inUse
  /// A segment would get too long, or its frames be too many.
  case full
  /// An earlier version wrote it. It is left as it is.
  case earlierVersion
  /// A later version wrote it. It is left as it is.
  case laterVersion
}
