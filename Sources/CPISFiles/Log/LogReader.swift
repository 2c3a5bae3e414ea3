/// What a frame tells the user of a log.
package struct LogFrame: Sendable {
  /// What it holds.
  package let kind: Frame.Kind
  /// Of a ``Frame/Kind-swift.enum/start`` how many parts follow that the log begins with anew; 0 when it goes on, and
  /// for other kinds.
  package let parts: UInt32
  /// Its number.
  package let sequence: UInt64
  /// Whether frames that should stand before it are missing.
  package let isAfterGap: Bool
  /// Whether frames are missing before it, or bytes that are no frame were set aside.
  package let isAfterDamage: Bool
  /// How many findings there were before it, so that those of the log's user can be told in their order.
  package let findingsBefore: Int
  /// What the user wrote.
  package let payload: ArraySlice<UInt8>
}

/// Takes in what a log holds, frame by frame.
package protocol LogReplay {
  /// Takes in the next frame.
  ///
  /// - Returns: `false` when its payload makes no sense: then it is set aside, as if it were damaged.
  mutating func take(_ frame: LogFrame) -> Bool

  /// Whether a segment's start makes sense, so that nothing before it need be read.
  func canBegin(with start: LogFrame) -> Bool
}

/// From where a log is read when it is opened.
package enum LogExtent: Hashable, Sendable {
  /// From the last segment that starts afresh: all before it is obsolete, and removed.
  case sinceFreshStart
  /// The last segment alone, or as many as it takes to find one of which the start can be read. Nothing is removed.
  case lastSegment
  /// All that is there.
  case everything
}

/// Reads a log's folder without changing it: what it holds, and what is wrong with it.
package struct LogReader {
  /// Bytes to set aside. None where nothing is left of what should be there: then an empty file says so to a person.
  struct Damage {
    let segment: UInt64
    let offset: Int
    let bytes: [UInt8]
  }

  /// A segment that was read.
  package struct Segment: Hashable, Sendable {
    /// The number of its first frame, by which it is named.
    package let number: UInt64
    /// Its length in bytes.
    package let length: Int
    /// How many of its frames could be read.
    package fileprivate(set) var frames = 0
    /// Where the last good frame ends.
    fileprivate(set) var goodLength = 0
  }

  /// What is to be known about it.
  package private(set) var findings: [LogFinding] = []
  /// The segments that were read, oldest first.
  package private(set) var segments: [Segment] = []
  /// Segments that were not read, as they are older than the extent, oldest first.
  private(set) var older: [UInt64] = []
  private(set) var damages: [Damage] = []
  /// The names of quarantine files.
  private(set) var quarantined: Set<String> = []
  /// The names of files that whoever opens the log reads or locks.
  package private(set) var ownNames: [String] = []
  /// The names of files that are none of the log's.
  package private(set) var namesOfOthers: [String] = []
  /// Of the last good frame; 0 when there is none.
  package private(set) var lastSequence: UInt64 = 0
  private(set) var lastChecksum: UInt64 = 0
  /// The last segment's good bytes, with turned bits turned back.
  private(set) var tail: [UInt8] = []

  /// Whether what stands after the last good frame could not be read, or is missing.
  package private(set) var endsInDamage = false

  private let format: LogFormat
  private let extent: LogExtent
  /// Whether bytes that cannot be read are kept, to be set aside.
  private let keepsDamage: Bool
  /// How many bytes may still be looked at in search of frames in the segment that is being read: bytes that somebody
  /// made could otherwise have a checksum made of all that follows at every place.
  private var searchBudget = 0
  /// Whether bytes were set aside since the last good frame.
  private var hasSetAside = false
  /// The number of the last part of a start afresh that is being read.
  private var lastPart: UInt64 = 0

  /// Reads a folder, and hands what it holds to a replay.
  ///
  /// - Parameters:
  ///   - longestSegment: a segment that is longer is none of ours, and not read: a file of the disk's size, which costs
  ///     nothing to make, would ask for all memory.
  ///   - keepsDamage: whether bytes that cannot be read are kept, to be set aside; who only looks needs none.
  package init(
    _ folder: Folder, _ format: LogFormat, _ extent: LogExtent, longestSegment: Int, keepsDamage: Bool = false,
    into replay: inout some LogReplay
  ) throws(LogError) {
    self.format = format
    self.extent = extent
    self.keepsDamage = keepsDamage
    let planned: [UInt64]
    do throws(FileSystemError) {
      planned = try plan(survey(try folder.list()), folder, for: replay)
    } catch {
      throw .disk(error)
    }
    for (place, number) in planned.enumerated() {
      let contents: SegmentBytes
      do throws(FileSystemError) {
        contents = try SegmentBytes(LogName.segment(first: number, of: format), folder, atMost: longestSegment)
      } catch {
        throw .disk(error)
      }
      try read(number, contents, isFirst: place == 0, isLast: place == planned.count - 1, &replay)
    }
    // A start afresh has its name only once all of its parts are durable: no crash leaves it without the last.
    if let segment = segments.last, lastSequence < lastPart {
      noteMissing(through: lastPart, before: segment.length, of: segment.number)
      hasSetAside = true
    }
    endsInDamage = hasSetAside
  }

  /// Sorts out the names in the folder.
  private mutating func survey(_ names: [String]) -> [UInt64] {
    var numbers: [UInt64] = []
    var hasUnfinishedFile = false
    for name in names {
      switch LogName(name, of: format) {
      case .lock: ownNames.append(name)
      case .reserve: continue
      case .temporary: hasUnfinishedFile = true
      case .segment(let number):
        ownNames.append(name)
        numbers.append(number)
      case .quarantine: quarantined.insert(name)
      case .foreign: namesOfOthers.append(name)
      }
    }
    if hasUnfinishedFile { findings.append(.unfinishedFile) }
    if !quarantined.isEmpty { findings.append(.quarantineFiles(quarantined.count)) }
    if !namesOfOthers.isEmpty { findings.append(.foreignFiles(namesOfOthers.count)) }
    return numbers.sorted()
  }

  /// Finds out which segments belong to the extent.
  private mutating func plan(
    _ numbers: [UInt64], _ folder: Folder, for replay: some LogReplay
  ) throws(FileSystemError) -> [UInt64] {
    guard extent != .everything else { return numbers }
    for (place, number) in numbers.enumerated().reversed() {
      let name = LogName.segment(first: number, of: format)
      guard isEnough(try folder.beginning(of: name, count: Self.startBytes), number: number, for: replay) else {
        continue
      }
      older = Array(numbers[..<place])
      if extent == .sinceFreshStart, !older.isEmpty { findings.append(.obsoleteSegments(older.count)) }
      return Array(numbers[place...])
    }
    return numbers
  }

  /// No start has more: what its user says in it is a few numbers.
  private static let startBytes = 4096

  /// Whether nothing before a segment need be read.
  private func isEnough(_ beginning: [UInt8], number: UInt64, for replay: some LogReplay) -> Bool {
    var bytes = beginning
    var start = Frame.read(bytes, at: 0, format)
    if case .unreadable = start, Frame.repair(&bytes, at: 0, sequence: number, previous: nil, format) {
      start = Frame.read(bytes, at: 0, format)
    }
    guard case .frame(let frame, _, _) = start, frame.kind == .start, let (parts, payload) = content(frame),
      parts > 0 ? extent == .sinceFreshStart : extent == .lastSegment
    else { return false }
    return replay.canBegin(
      with: LogFrame(
        kind: .start, parts: parts, sequence: frame.sequence, isAfterGap: false, isAfterDamage: false,
        findingsBefore: 0, payload: payload))
  }

  /// What a frame says to the log itself, and to its user.
  private func content(_ frame: Frame) -> (parts: UInt32, payload: ArraySlice<UInt8>)? {
    guard frame.kind == .start else { return (0, frame.payload) }
    var reader = ByteReader(frame.payload)
    guard let parts: UInt32 = reader.number() else { return nil }
    return (parts, frame.payload.dropFirst(4))
  }

  private mutating func read(
    _ number: UInt64, _ contents: consuming SegmentBytes, isFirst: Bool, isLast: Bool,
    _ replay: inout some LogReplay
  ) throws(LogError) {
    let length = contents.length
    // Taken out: while another held them, turning a bit back would copy them all.
    var bytes = contents.takeBytes()
    var segment = Segment(number: number, length: length)
    var offset = 0
    searchBudget = 16 * bytes.count + 64 << 20
    // It got its name once its first frame was durable: all of it is gone.
    if bytes.isEmpty { setAside([], of: number) }
    while offset < bytes.count {
      let isStart = isFirst && offset == 0
      var reading = Frame.read(bytes, at: offset, format)
      if case .unreadable = reading {
        let expected = offset == 0 ? number : lastSequence &+ 1
        if maySearch(in: bytes, at: offset),
          Frame.repair(&bytes, at: offset, sequence: expected, previous: isStart ? nil : lastChecksum, format)
        {
          findings.append(.repaired(sequence: expected))
          reading = Frame.read(bytes, at: offset, format)
        }
      }
      switch reading {
      case .fromEarlierVersion: throw .earlierVersion
      case .fromLaterVersion: throw .laterVersion
      case .frame(let frame, let checksum, let end):
        if (frame.kind == .start) != (offset == 0) || offset == 0 && frame.sequence != number {
          findings.append(.misplacedStart(segment: number))
        }
        if frame.sequence > lastSequence,
          take(frame, checksum: checksum, of: number, at: offset, isStart: isStart, &replay)
        {
          segment.frames += 1
          segment.goodLength = end
        } else {
          setAside(bytes[offset..<end], of: number)
        }
        offset = end
      case .unreadable:
        let next = nextFrame(in: bytes, after: offset)
        // A segment gets its name only once its first frame is durable, so that frame is never merely unfinished.
        // All parts of a start afresh are durable before its segment gets a name, too.
        if next == nil, isLast, segment.frames > 0, lastSequence >= lastPart {
          cutTail(bytes[offset...], of: number, length: length - offset)
          segment.goodLength = offset
        } else {
          setAside(bytes[offset..<(next ?? bytes.count)], of: number, length: (next ?? length) - offset)
        }
        offset = next ?? bytes.count
      }
    }
    segments.append(segment)
    if isLast {
      bytes.removeLast(bytes.count - segment.goodLength)
      tail = bytes
    }
  }

  /// Hands a frame to the replay, and finds out whether it follows the one before.
  private mutating func take(
    _ frame: Frame, checksum: UInt64, of segment: UInt64, at offset: Int, isStart: Bool,
    _ replay: inout some LogReplay
  ) -> Bool {
    guard let (parts, payload) = content(frame) else { return false }
    // The chain may begin at the first frame of all, or at what makes all before it needless.
    let mayBegin =
      isStart && frame.kind == .start && (parts > 0 || frame.sequence == 1 || extent != .sinceFreshStart)
    let follows = frame.sequence == lastSequence &+ 1 && frame.previous == lastChecksum
    let isGap = !mayBegin && !follows
    let content = LogFrame(
      kind: frame.kind, parts: parts, sequence: frame.sequence, isAfterGap: isGap,
      isAfterDamage: isGap || hasSetAside, findingsBefore: findings.count, payload: payload)
    guard replay.take(content) else { return false }
    if isGap { noteMissing(through: max(frame.sequence - 1, lastSequence + 1), before: offset, of: segment) }
    hasSetAside = false
    lastSequence = frame.sequence
    lastChecksum = checksum
    if frame.kind != .part { lastPart = frame.sequence + UInt64(parts) }
    return true
  }

  private mutating func noteMissing(through last: UInt64, before offset: Int, of segment: UInt64) {
    findings.append(.missing(from: lastSequence + 1, through: last))
    if !hasSetAside { damages.append(Damage(segment: segment, offset: offset, bytes: [])) }
  }

  /// Where the next good frame begins that carries on from what was read.
  private mutating func nextFrame(in bytes: [UInt8], after offset: Int) -> Int? {
    var place = offset + 1
    let first = format.magic[0]
    while place + Frame.headerLength <= bytes.count {
      if bytes[place] == first, Frame.beginsFrame(bytes, at: place, format), maySearch(in: bytes, at: place),
        case .frame(let frame, _, _) = Frame.read(bytes, at: place, format), frame.sequence > lastSequence
      {
        return place
      }
      place += 1
    }
    return nil
  }

  /// Takes what a look at a frame costs from the budget.
  ///
  /// - Returns: `false` once it is spent: then what is left of the segment is set aside as it is.
  private mutating func maySearch(in bytes: [UInt8], at offset: Int) -> Bool {
    guard searchBudget > 0, bytes.count - offset >= Frame.headerLength else { return false }
    let length = Frame.storedLength(bytes, at: offset)
    searchBudget -= Frame.headerLength + min(length, Frame.longestPayload, bytes.count - offset)
    return true
  }

  /// - Parameter length: how long they are with zeros that were not kept.
  private mutating func setAside(_ bytes: ArraySlice<UInt8>, of segment: UInt64, length: Int? = nil) {
    hasSetAside = true
    findings.append(.quarantined(segment: segment, offset: bytes.startIndex, bytes: length ?? bytes.count))
    damages.append(
      Damage(segment: segment, offset: bytes.startIndex, bytes: keepsDamage ? Array(bytes) : []))
  }

  /// The end of the log: see ``Frame/isUnfinished(_:sequence:previous:_:)``.
  private mutating func cutTail(_ bytes: ArraySlice<UInt8>, of segment: UInt64, length: Int) {
    if Frame.isUnfinished(bytes, sequence: lastSequence + 1, previous: lastChecksum, format) {
      findings.append(.tornTail(segment: segment, bytes: length))
    } else {
      setAside(bytes, of: segment, length: length)
    }
  }
}

/// What a segment's file holds, without most of the zeros at its end.
///
/// A file may be as long as the disk allows and hold nothing but zeros after its frames, which costs nobody anything to
/// make. No frame that begins before them reaches further into them than the longest frame.
private struct SegmentBytes {
  private static let pieceBytes = 1 << 20
  private static let mostZeros = Frame.headerLength + Frame.longestPayload

  /// The length of the file.
  let length: Int
  private var bytes: [UInt8] = []

  /// Reads a segment.
  ///
  /// - Parameter limit: a longer one is `notTrusted`, and not read.
  init(_ name: String, _ folder: Folder, atMost limit: Int) throws(FileSystemError) {
    let file = try folder.open(name, .read)
    defer { folder.close(file) }
    let size = try folder.status(file).size
    guard size <= limit else { throw FileSystemError(.status, .notTrusted) }
    bytes.reserveCapacity(min(size, 8 << 20))
    var (length, zeros) = (0, 0)
    while true {
      let piece = try folder.read(file, at: length, count: min(max(size - length, 1), Self.pieceBytes))
      if piece.isEmpty { break }
      length += piece.count
      // Zeros are only counted until something comes after them.
      if piece.reduce(0, |) == 0 {
        zeros += piece.count
        continue
      }
      bytes += repeatElement(0, count: zeros)
      bytes += piece
      zeros = 0
    }
    // An end before the end is a device's fault: half a file must not pass for the whole.
    guard length >= size else { throw FileSystemError(.read, .deviceFailed) }
    bytes += repeatElement(0, count: min(zeros, Self.mostZeros))
    self.length = length
  }

  mutating func takeBytes() -> [UInt8] {
    defer { bytes = [] }
    return bytes
  }
}

/// Something about a log that its owner should know. It holds no content of any frame, and no name of a foreign file.
package enum LogFinding: Hashable, Sendable {
  /// The last segment ended in the beginning of the next frame, or in zeros, as a power cut leaves it. Nobody was told
  /// that this frame was safe. It is cut off.
  case tornTail(segment: UInt64, bytes: Int)
  /// A file was not finished when the process ended. It is removed.
  case unfinishedFile
  /// Segments that a later fresh start made obsolete were still there. They are removed.
  case obsoleteSegments(Int)
  /// Files that are not ours. They are left alone.
  case foreignFiles(Int)
  /// Quarantine files of earlier damage are there.
  case quarantineFiles(Int)

  /// One bit of a frame had flipped, and was flipped back.
  case repaired(sequence: UInt64)
  /// Bytes that are not a frame, or a frame out of place, were set aside in a quarantine file. If `bytes` is 0, all of a
  /// segment is gone, and an empty quarantine file records that.
  case quarantined(segment: UInt64, offset: Int, bytes: Int)
  /// Frames that should be there are missing. A quarantine file records that; it is empty when nothing is left of them.
  case missing(from: UInt64, through: UInt64)
  /// The segment does not begin with the start that its name says, or has another start within it.
  case misplacedStart(segment: UInt64)

  /// Whether it reports damage, as opposed to what a crash leaves behind.
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
      "segment \(hex16(segment)), byte \(offset): \(bytes) bytes here are not a valid frame; opening sets them aside"
    case .missing(let first, let last):
      first == last ? "frame \(first): it is missing" : "frames \(first) to \(last): they are missing"
    case .misplacedStart(let segment): "segment \(hex16(segment)): it does not begin where its name says, or twice"
    }
  }
}
