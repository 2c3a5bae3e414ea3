package import CPISFiles

/// The journal in a folder, open for writing: a table, and the log of the changes that led to it.
///
/// A pure shell around the log, for one owner at a time: every call blocks until the disk is done.
/// `Documentation/Formats/Journal.md` has the bytes.
package struct Journal: Sendable {
  /// Sizes of its parts.
  package struct Options: Sendable {
    /// A segment is followed by the next once it is this long.
    package var segmentBytes = 4 << 20
    /// How many keys of delivered items are remembered, so that a notice offered again is known.
    package var rememberedKeys = 10_000
    /// It is rewritten when more bytes than these are no longer needed, and more than half of all.
    package var garbageBytes = 1 << 20
    /// The journal takes no more bytes of items than these, so that a table of them fits into a segment.
    package var longestTable = 768 << 20
    /// How much room is set aside for when the disk is full, so that deliveries can still be recorded.
    package var reserveBytes = 256 << 10
    /// How much more for each item that is held: as much as recording its delivery alone takes at most.
    package var reserveBytesPerItem = 128
    /// The time by which a rewriting that failed is tried again.
    package var now: @Sendable () -> ContinuousClock.Instant = { .now }
    /// The most keys that are remembered, whatever was asked for: they must fit into a segment with the items.
    package static let mostRememberedKeys = 10_000_000
    /// Makes the usual sizes.
    package init() {}
  }

  /// Version 2: that a segment's start says that all before it is durable is true of what was opened, too. In version 1
  /// a journal that a failed sync had stopped was believed after a second sync, which may have made nothing durable.
  static let format = LogFormat(name: "journal", magic: "CPJF", version: 2)

  private let options: Options
  private var log: SegmentedLog
  /// What it holds.
  private var table: OutboxTable
  /// What opening it found.
  package let findings: [JournalFinding]
  /// After a rewriting that failed: how long the next waits, until when, and how many bytes the failed one needed.
  private var pause: (length: Duration, until: ContinuousClock.Instant, bytes: Int)?

  /// What it holds, items in order of acceptance.
  package var contents: OutboxContents { table.contents }

  /// What it holds, unless it was closed. What a stopped journal holds is what was acknowledged.
  var readable: Result<OutboxContents, OutboxError> {
    log.refusal == LogError.closed ? .failure(OutboxError(.closed)) : .success(contents)
  }

  /// How many bytes its segments have.
  package var bytes: Int { log.bytes }

  /// Opens the journal in a folder, creates either if it does not exist, and repairs what crashes and disks left.
  ///
  /// When it returns, all that it holds is durable, including what a killed process had written and not yet synced.
  package static func open(
    _ fileSystem: any FileSystem, folder: String, options: Options = Options()
  ) throws(OutboxError) -> Journal {
    do throws(LogError) {
      return try Journal(fileSystem, folder: folder, options)
    } catch {
      // A journal that is only being opened cannot have stopped: to its owner the disk failed.
      throw error == .stopped ? OutboxError(.diskFailed) : OutboxError(log: error)
    }
  }

  private init(_ fileSystem: any FileSystem, folder: String, _ options: Options) throws(LogError) {
    var limits = SegmentedLog.Limits()
    limits.segmentBytes = options.segmentBytes
    var replay = JournalReplay(remembering: min(options.rememberedKeys, Options.mostRememberedKeys))
    log = try SegmentedLog(fileSystem, folder: folder, Self.format, .sinceFreshStart, limits, into: &replay)
    replay.end()
    self.options = options
    table = replay.table
    findings = replay.merged(with: log.findings)
    do throws(LogError) {
      // The next opening must not find the same damage.
      if log.isEmpty || findings.contains(where: \.isDamage) {
        try rewrite()
      } else {
        try log.resume(segmentStart)
      }
      keepReserve()
    } catch {
      log.close()
      throw error
    }
  }

  /// Closes the files and releases the folder.
  package mutating func close() { log.close() }
}

// MARK: Changes

extension Journal {
  /// Makes lists of changes, each list whole or not at all; as many as fit into one frame share one sync.
  ///
  /// Lists that share a sync share a frame, so no list can be on the disk without those before it.
  /// - Returns: for each list whether it is durable now, or why not: `tooLarge` for one that no frame can hold, or
  ///   whose sealing key's id is too long; `full` when no more can be held; `unknownItem` when it does not fit what is
  ///   held.
  package mutating func apply(_ lists: [[OutboxChange]]) -> [Result<Void, OutboxError>] {
    var results: [Result<Void, OutboxError>] = []
    while results.count < lists.count { results += applyGroup(lists[results.count...]) }
    return results
  }

  private mutating func applyGroup(_ lists: ArraySlice<[OutboxChange]>) -> [Result<Void, OutboxError>] {
    if let refusal = log.refusal { return lists.map { _ in .failure(OutboxError(log: refusal)) } }
    // What was set aside for records of deliveries is not for new items. Setting it aside again may cost much on a full
    // disk, and is for new items alone.
    let hasRoom = !log.hasSpentReserve || lists.contains { newBytes($0) > 0 } && keepReserve()
    var group = group(lists, takesNew: hasRoom)
    var failure = write(group)
    if group.newBytes > 0, failure?.code == .diskFull {
      group = self.group(lists, takesNew: false)
      failure = write(group)
    }
    if let failure { return group.results.map { result in result.flatMap { .failure(failure) } } }
    guard !group.changes.isEmpty else { return group.results }
    for change in group.changes { table.make(change) }
    tidy()
    return group.results
  }

  /// Makes a group's changes durable.
  ///
  /// - Returns: why they are not.
  private mutating func write(_ group: Group) -> OutboxError? {
    guard !group.changes.isEmpty else { return nil }
    do throws(LogError) {
      try log.append(
        JournalRecord.changes(group.changes, totals: group.totals).payload, mayUseReserve: group.newBytes == 0)
      return nil
    } catch {
      return OutboxError(log: error)
    }
  }

  @discardableResult
  private mutating func keepReserve() -> Bool {
    log.reserve(options.reserveBytes + options.reserveBytesPerItem * table.count)
  }

  /// Lists that share a frame.
  private struct Group {
    /// Those of their changes that change anything.
    var changes: [OutboxChange] = []
    var totals = OutboxCounters()
    /// For each list what its caller is told once the frame is durable.
    var results: [Result<Void, OutboxError>] = []
    /// How long the frame's payload is, at most.
    var bytes = JournalRecord.overhead
    /// How many of these bytes are of new items.
    var newBytes = 0
  }

  /// As many of the lists as fit into one frame, at least one.
  ///
  /// A function of its own, so that the preview's reference to the table ends before the table changes: otherwise all
  /// of it would be copied.
  ///
  /// - Parameter takesNew: whether there is room for new items.
  private func group(_ lists: ArraySlice<[OutboxChange]>, takesNew: Bool) -> Group {
    var preview = OutboxTable.Preview(table)
    var group = Group()
    for changes in lists {
      let bytes = changes.reduce(0) { $0 + $1.recordBytes }
      let newBytes = newBytes(changes)
      if JournalRecord.overhead + bytes > Frame.longestPayload || changes.contains(where: \.hasOverlongKeyID) {
        group.results.append(.failure(OutboxError(.tooLarge)))
      } else if newBytes > 0, !takesNew {
        group.results.append(.failure(OutboxError(.diskFull)))
      } else if newBytes > 0, table.recordBytes + group.newBytes + newBytes > options.longestTable {
        group.results.append(.failure(OutboxError(.full)))
      } else if group.bytes + bytes > Frame.longestPayload {
        break
      } else {
        do throws(OutboxError) {
          group.changes += try preview.admit(changes)
          group.results.append(.success(()))
          group.bytes += bytes
          group.newBytes += newBytes
        } catch {
          group.results.append(.failure(error))
        }
      }
    }
    group.totals = preview.counters
    return group
  }

  private func newBytes(_ changes: [OutboxChange]) -> Int {
    changes.reduce(0) { sum, change in
      guard case .accepted(let item) = change, table.state(of: item.key) == .unknown else { return sum }
      return sum + item.recordBytes
    }
  }

  /// Keeps segments and garbage in bounds. An error here is not reported, because the changes are durable already.
  ///
  /// On a disk that is nearly full each try may write much and fail, so that the next one waits: for a second at first,
  /// for a minute in the end, or until it needs half as much.
  private mutating func tidy() {
    let isWasteful = garbage > options.garbageBytes && garbage > bytes / 2
    guard isWasteful || log.isSegmentFull else { return }
    if let pause, options.now() < pause.until, 2 * neededBytes > pause.bytes { return }
    do throws(LogError) {
      if isWasteful { try rewrite() } else { try log.startSegment(segmentStart) }
      pause = nil
      keepReserve()
    } catch {
      let length = pause.map { min($0.length * 2, .seconds(60)) } ?? .seconds(1)
      pause = (length, options.now() + length, neededBytes)
    }
  }

  /// About how many bytes rewriting the journal would save.
  private var garbage: Int {
    max(0, bytes - neededBytes)
  }

  /// About how many bytes a rewritten journal has.
  private var neededBytes: Int { table.payloadBytes + 192 * table.count + 17 * table.delivered.count + 512 }
}

extension OutboxChange {
  fileprivate var hasOverlongKeyID: Bool {
    guard case .accepted(let item) = self else { return false }
    return item.payload.keyID.utf8.count > OutboxItem.longestKeyID
  }
}

// MARK: Rewriting

extension Journal {
  /// Rewrites the journal without what is no longer needed, so that delivered payloads are gone from the disk.
  ///
  /// - Throws: ``OutboxError``; also when the old segments could not be removed, and then the next call tries again.
  package mutating func compact() throws(OutboxError) {
    do throws(LogError) {
      if let refusal = log.refusal { throw refusal }
      if table.hasErasable { try rewrite() } else { try log.removeObsolete() }
    } catch {
      throw OutboxError(log: error)
    }
  }

  /// What a segment begins with: the totals.
  private var segmentStart: [UInt8] { JournalRecord.segmentStart(table.counters) }

  private mutating func rewrite() throws(LogError) {
    try log.startAfresh(segmentStart, parts: tableParts)
    table.didRewrite()
    try log.removeObsolete()
    // The next opening rewrites only the last segment: a long table must not be in it.
    if log.isSegmentFull { try log.startSegment(segmentStart) }
  }

  /// How many bytes of items, and how many keys, go into one frame of a table.
  private static let partBytes = 256 << 10
  private static let partKeys = 15_000

  /// The payloads of the table's frames, each made when it is asked for: all at once would take as much memory as
  /// what is held.
  private var tableParts: some Collection<[UInt8]> {
    let (items, keys, totals) = (table.orderedItems, table.delivered.keys, table.counters)
    var parts: [(items: Range<Int>, keys: Range<Int>)] = []
    var (first, bytes) = (0, JournalRecord.overhead)
    func endPart(before next: Int) {
      parts.append((first..<next, 0..<0))
      (first, bytes) = (next, JournalRecord.overhead)
    }
    for (place, item) in items.enumerated() {
      if first < place, bytes + item.recordBytes > Frame.longestPayload { endPart(before: place) }
      bytes += item.recordBytes
      if bytes > Self.partBytes { endPart(before: place + 1) }
    }
    // Items and keys of a small table share a frame.
    var key = 0
    repeat {
      let end = min(key + Self.partKeys, keys.count)
      parts.append((first..<items.count, key..<end))
      (first, key) = (items.count, end)
    } while key < keys.count
    return parts.lazy.map { part in
      JournalRecord.table(items: Array(items[part.items]), delivered: Array(keys[part.keys]), totals: totals)
        .payload
    }
  }
}
