/// Reads a journal's folder without changing it: what it holds, and what is wrong with it.
struct JournalReader {
  /// Bytes to set aside. None where nothing is left of what should be there: then an empty file says so to a person.
  struct Damage {
    let segment: UInt64
    let offset: Int
    let bytes: [UInt8]
  }

  /// A segment that counts.
  struct Segment {
    let number: UInt64
    let length: Int
    var frames = 0
    /// Where the last good frame ends.
    var goodLength = 0
  }

  private(set) var table: OutboxTable
  private(set) var findings: [JournalFinding] = []
  private(set) var segments: [Segment] = []
  private(set) var damages: [Damage] = []
  /// Segments before the last whole table, oldest first.
  private(set) var obsolete: [UInt64] = []
  private(set) var hasUnfinishedFile = false
  /// The names of quarantine files.
  private(set) var quarantined: Set<String> = []
  /// Of the last good frame; 0 when there is none.
  private(set) var lastSequence: UInt64 = 0
  private(set) var lastChecksum: UInt64 = 0
  /// Whether records could not be read, so that recorded totals no longer compare.
  private var isPastGap = false
  /// Whether bytes were set aside since the last good frame.
  private var hasSetAside = false
  /// While the table at the beginning of a segment is read: the totals it must come to, and its frames to come.
  private var unfinishedTable: UnfinishedTable?
  private struct UnfinishedTable {
    var totals: OutboxCounters
    var framesLeft: UInt32
    /// The number of its last frame.
    var last: UInt64
  }

  init(
    _ fileSystem: some FileSystem, folder: String, remembering: Int,
    longestSegment: Int = Journal.Options().longestSegment
  ) throws(OutboxError) {
    table = OutboxTable(remembering: remembering)
    do throws(FileSystemError) {
      let names = try fileSystem.uninterrupted { () throws(FileSystemError) in try fileSystem.list(folder) }
      let numbers = survey(names)
      let contents = try load(numbers, from: fileSystem, folder, atMost: longestSegment)
      for (place, entry) in contents.enumerated() {
        try replay(entry.number, entry.bytes, isFirst: place == 0, isLast: place == contents.count - 1)
      }
      endTable()
    } catch {
      if error == Self.laterVersion { throw OutboxError(.laterVersion) }
      throw OutboxError(error)
    }
  }

  /// Stands for "written by a later version" among the errors of the disk.
  private static let laterVersion = FileSystemError(.read, .other(.min))

  /// Whether the journal should be written anew: damage must not be met twice.
  var needsRewriting: Bool { findings.contains(where: \.isDamage) }

  /// Sorts out the names in the folder.
  private mutating func survey(_ names: [String]) -> [UInt64] {
    var numbers: [UInt64] = []
    var foreign = 0
    for name in names {
      switch FolderName(name) {
      case .lock: continue
      case .temporary: hasUnfinishedFile = true
      case .segment(let number): numbers.append(number)
      case .quarantine: quarantined.insert(name)
      case .foreign: foreign += 1
      }
    }
    if hasUnfinishedFile { findings.append(.unfinishedFile) }
    if !quarantined.isEmpty { findings.append(.quarantineFiles(quarantined.count)) }
    if foreign > 0 { findings.append(.foreignFiles(foreign)) }
    return numbers.sorted()
  }

  /// Loads the segments that count: from the last that begins with a whole table on.
  private mutating func load(
    _ numbers: [UInt64], from fileSystem: some FileSystem, _ folder: String, atMost limit: Int
  ) throws(FileSystemError) -> [(number: UInt64, bytes: [UInt8])] {
    var contents: [(number: UInt64, bytes: [UInt8])] = []
    for (place, number) in numbers.enumerated().reversed() {
      let bytes = try fileSystem.contents(folder + "/" + FolderName.segmentName(first: number), atMost: limit)
      contents.insert((number, bytes), at: 0)
      guard Self.beginsWithTable(bytes, number: number) else { continue }
      obsolete = Array(numbers[..<place])
      if !obsolete.isEmpty { findings.append(.obsoleteSegments(obsolete.count)) }
      break
    }
    return contents
  }

  private static func beginsWithTable(_ bytes: [UInt8], number: UInt64) -> Bool {
    var start = Frame.read(bytes, at: 0)
    if case .unreadable = start, let repaired = Frame.repair(bytes, at: 0, sequence: number, previous: nil) {
      start = Frame.read(repaired, at: 0)
    }
    guard case .frame(let frame, _, _) = start,
      case .segmentStart(let tableFrames, _)? = JournalRecord(frame.kind, frame.payload)
    else { return false }
    return tableFrames > 0
  }

  private mutating func replay(
    _ number: UInt64, _ contents: [UInt8], isFirst: Bool, isLast: Bool
  ) throws(FileSystemError) {
    var bytes = contents
    var segment = Segment(number: number, length: bytes.count)
    var offset = 0
    // It got its name once its first frame was durable: all of it is gone.
    if bytes.isEmpty { setAside([], of: number) }
    while offset < bytes.count {
      let isStart = isFirst && offset == 0
      var reading = Frame.read(bytes, at: offset)
      if case .unreadable = reading {
        let expected = offset == 0 ? number : lastSequence &+ 1
        if let repaired = Frame.repair(
          bytes, at: offset, sequence: expected, previous: isStart ? nil : lastChecksum)
        {
          findings.append(.repaired(sequence: expected))
          bytes = repaired
          reading = Frame.read(bytes, at: offset)
        }
      }
      switch reading {
      case .fromLaterVersion: throw Self.laterVersion
      case .frame(let frame, let checksum, let end):
        if frame.sequence > lastSequence, let record = JournalRecord(frame.kind, frame.payload) {
          apply(frame, checksum: checksum, record, of: number, at: offset, isStart: isStart)
          segment.frames += 1
          segment.goodLength = end
        } else {
          setAside(bytes[offset..<end], of: number)
        }
        offset = end
      case .unreadable:
        let next = nextFrame(in: bytes, after: offset)
        // A segment gets its name only once its first frame is durable, so that frame is never merely unfinished.
        // A table is whole before its segment gets a name, too.
        if next == nil, isLast, segment.frames > 0, unfinishedTable?.framesLeft ?? 0 == 0 {
          cutTail(bytes[offset...], of: number)
          segment.goodLength = offset
        } else {
          setAside(bytes[offset..<(next ?? bytes.count)], of: number)
        }
        offset = next ?? bytes.count
      }
    }
    segments.append(segment)
  }

  private mutating func apply(
    _ frame: Frame, checksum: UInt64, _ record: JournalRecord, of segment: UInt64, at offset: Int, isStart: Bool
  ) {
    var isWholeTable = false
    if case .segmentStart(let tableFrames, _) = record { isWholeTable = tableFrames > 0 }
    // The chain may begin at the first frame of all, or at a whole table: what came before that is obsolete.
    let mayBegin = isStart && (isWholeTable || frame.sequence == 1)
    let follows = frame.sequence == lastSequence &+ 1 && frame.previous == lastChecksum
    let isGap = !mayBegin && !follows
    if isGap {
      noteMissing(through: max(frame.sequence - 1, lastSequence + 1), before: offset, of: segment)
    }
    hasSetAside = false
    lastSequence = frame.sequence
    lastChecksum = checksum
    switch record {
    case .segmentStart(let tableFrames, let totals) where tableFrames > 0:
      unfinishedTable = UnfinishedTable(
        totals: totals, framesLeft: tableFrames, last: frame.sequence + UInt64(tableFrames))
    case .table(let items, let delivered, let totals):
      for item in items { table.restore(item) }
      for key in delivered { table.restoreDelivered(key) }
      var unfinished = unfinishedTable ?? UnfinishedTable(totals: totals, framesLeft: 1, last: frame.sequence)
      unfinished.totals = totals
      unfinished.framesLeft -= 1
      unfinishedTable = unfinished
      if unfinished.framesLeft == 0 { finishTable() }
    case .segmentStart(_, let totals):
      finishTable()
      if isGap { table.bridgeGap(totalsAfter: totals) }
      compare(totals, frame.sequence)
    case .changes(let changes, let totals):
      finishTable()
      if isGap { table.bridgeGap(totalsAfter: Self.undo(changes, from: totals)) }
      for change in changes { isPastGap ? table.applyAfterGap(change) : table.apply(change) }
      compare(totals, frame.sequence)
    }
  }

  private mutating func finishTable() {
    guard let unfinished = unfinishedTable else { return }
    unfinishedTable = nil
    if unfinished.framesLeft > 0 { isPastGap = true }
    table.finishRestoring(totals: unfinished.totals)
    compare(unfinished.totals, lastSequence)
  }

  /// The end of the journal; it may have come in the middle of a table, which no crash leaves.
  private mutating func endTable() {
    if let unfinished = unfinishedTable, let segment = segments.last, lastSequence < unfinished.last {
      noteMissing(through: unfinished.last, before: segment.length, of: segment.number)
    }
    finishTable()
  }

  private mutating func noteMissing(through last: UInt64, before offset: Int, of segment: UInt64) {
    findings.append(.missing(from: lastSequence + 1, through: last))
    isPastGap = true
    if !hasSetAside { damages.append(Damage(segment: segment, offset: offset, bytes: [])) }
  }

  private mutating func compare(_ totals: OutboxCounters, _ sequence: UInt64) {
    if !isPastGap && table.counters != totals { findings.append(.countersDiffer(sequence: sequence)) }
  }

  /// The totals as they stood before changes, but for whether an item was pending or parked, which the changes do
  /// not always say: held items are counted as pending.
  private static func undo(_ changes: [OutboxChange], from totals: OutboxCounters) -> OutboxCounters {
    var totals = totals
    totals.pending &+= totals.parked
    totals.parked = 0
    for change in changes {
      switch change {
      case .accepted:
        totals.accepted &-= 1
        totals.pending &-= 1
      case .delivered:
        totals.delivered &-= 1
        totals.pending &+= 1
      case .discarded:
        totals.discarded &-= 1
        totals.pending &+= 1
      case .tried, .parked, .retried: break
      }
    }
    return totals
  }

  /// Where the next good frame begins that carries on from what was read.
  private func nextFrame(in bytes: [UInt8], after offset: Int) -> Int? {
    var place = offset + 1
    while place + Frame.headerLength <= bytes.count {
      if Frame.startsWithMagic(bytes, at: place), case .frame(let frame, _, _) = Frame.read(bytes, at: place),
        frame.sequence > lastSequence
      {
        return place
      }
      place += 1
    }
    return nil
  }

  private mutating func setAside(_ bytes: ArraySlice<UInt8>, of segment: UInt64) {
    hasSetAside = true
    findings.append(.quarantined(segment: segment, offset: bytes.startIndex, bytes: bytes.count))
    damages.append(Damage(segment: segment, offset: bytes.startIndex, bytes: Array(bytes)))
  }

  /// The end of the journal: see ``Frame/isUnfinished(_:sequence:previous:)``.
  private mutating func cutTail(_ bytes: ArraySlice<UInt8>, of segment: UInt64) {
    if Frame.isUnfinished(bytes, sequence: lastSequence + 1, previous: lastChecksum) {
      findings.append(.tornTail(segment: segment, bytes: bytes.count))
    } else {
      setAside(bytes, of: segment)
    }
  }
}
